# SPDX-License-Identifier: MIT
HEADER = "X-Shop"
VALUE = "open"


class Marking:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response[HEADER] = VALUE
        return response
