# SPDX-License-Identifier: MIT
"""What was known of a file before an edit serves the next questions."""


def test_functions_that_an_edit_left_alone_still_mention_names(project):
    """Told of a file twice: what it mentions is taken from the time before."""
    project.files(
        limits="LIMIT = 1\nOTHER = 1\n",
        cart="""\
            import limits
            class Cart:
                def total(self):
                    return limits.LIMIT
                def other(self):
                    return 1
            """,
        test_cart="""\
            from cart import Cart
            def test_total():
                assert Cart().total()
            def test_other():
                assert Cart().other()
            """)
    project.pytest().ok()
    total, other = "test_cart.py::test_total", "test_cart.py::test_other"
    with project.edited("cart.py", "return 1", "return 2"):
        assert project.affected_units() == [other]
        with project.edited("cart.py", "limits\n", "limits\nA = 1\n"):
            assert project.affected_units() == [other]
            with project.edited("limits.py", "LIMIT = 1", "LIMIT = 2"):
                assert project.affected_units() == [other, total]
        with project.edited("limits.py", "LIMIT = 1", "LIMIT = 2"):
            assert project.affected_units() == [other, total]
    assert project.affected() == []


def test_members_of_a_class_that_was_not_parsed_again(project):
    project.files(
        base="class Base:\n    SIZE = 1\n",
        cart="""\
            import base
            class Cart(base.Base):
                def total(self):
                    return self.SIZE
            """,
        test_cart="""\
            import cart
            def test_total():
                assert cart.Cart().total()
            def test_nothing():
                pass
            """)
    project.pytest().ok()
    total = "test_cart.py::test_total"
    with project.edited("cart.py", "import base", "import base\nA = 1"):
        assert project.affected_units() == []
        with project.edited("cart.py", "def total(self)",
                            "def total(self, x=1)"):
            assert project.affected_units() == [total]
        with project.edited("base.py", "SIZE = 1", "SIZE = 2"):
            assert project.affected_units() == [total]
    assert project.affected() == []
