# SPDX-License-Identifier: MIT
NAME = "Corner shop"


def shop(request):
    return {"shop": NAME, "path": request.path}
