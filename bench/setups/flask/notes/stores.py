# SPDX-License-Identifier: MIT
class Memory:
    limit = 3

    def __init__(self):
        self.notes = []

    def add(self, text):
        if len(self.notes) >= self.limit:
            raise ValueError("full")
        self.notes.append(text)
        return len(self.notes) - 1

    def all(self):
        return list(self.notes)


class Nothing(Memory):
    limit = 0


memory = Memory
nothing = Nothing
