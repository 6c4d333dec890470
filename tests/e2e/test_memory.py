# SPDX-License-Identifier: MIT
"""What one test reads and a module keeps belongs to later tests, too."""

import os

import pytest

READ = """\
    def read(name):
        with open(name) as file:
            return file.read()
    """

TESTS = """\
    import loader
    def test_first():
        assert loader.load("data.txt")
    def test_second():
        assert loader.load("data.txt")
    """

OTHER = "import loader\ndef test_other():\n    assert loader\n"


def _affected(project, name="data.txt"):
    assert project.affected_units() == []
    with project.edited(name):
        return _names(project)


def _names(project):
    return [unit.partition("::test_")[2]
            for unit in project.affected_units()]


@pytest.fixture
def kept(project):
    """Records a loader, and gives the tests that its data file selects."""
    project.env["PYTHONPATH"] = "."

    def record(loader, tests=TESTS, **more):
        project.write("data.txt", "1\n")
        project.write("read.py", READ)
        project.write("loader.py", loader)
        project.write("test_it.py", tests)
        project.write("test_other.py", OTHER)
        project.files(**more)
        project.pytest("-p", "no:randomly").ok()
        return _affected(project)

    record.project = project
    return record


@pytest.mark.smoke
def test_nothing_kept(kept):
    assert kept("from read import read as load\n") == ["first", "second"]
    assert kept("""\
        from read import read
        calls = []
        def load(name): return read(name)
        """, """\
        import loader
        def test_first(): assert loader.load("data.txt")
        def test_second(): assert loader.load("test_it.py")
        """) == ["first"]


def test_lru_cache(kept):
    """A hit enters no function, so whoever imports the module may get it."""
    for decorator in ("lru_cache(None)", "lru_cache(maxsize=2)",
                      "lru_cache(maxsize=1, typed=True)"):
        assert kept("""\
            import functools
            from read import read
            @functools.%s
            def load(name): return read(name)
            """ % decorator) == ["first", "second", "other"]


@pytest.mark.parametrize("loader", [
    """\
    from read import read
    _cache = {}
    def load(name):
        if name not in _cache:
            _cache[name] = read(name)
        return _cache[name]
    """,
    """\
    from read import read
    _text = None
    def load(name):
        global _text
        if _text is None:
            _text = read(name)
        return _text
    """,
    """\
    from read import read
    def load(name, cache={}):
        if name not in cache:
            cache[name] = read(name)
        return cache[name]
    """,
    """\
    from read import read
    class Loader:
        _cache = {}
        @classmethod
        def load(cls, name):
            if name not in cls._cache:
                cls._cache[name] = read(name)
            return cls._cache[name]
    def load(name): return Loader.load(name)
    """,
    """\
    from read import read
    class Loader:
        __slots__ = ("texts",)
        def __init__(self):
            self.texts = []
        def load(self, name):
            if not self.texts:
                self.texts.append(read(name))
            return self.texts[0]
    _loader = Loader()
    def load(name): return _loader.load(name)
    """,
    """\
    from read import read
    def memoized(function):
        cache = {}
        def wrapper(name):
            if name not in cache:
                cache[name] = function(name)
            return cache[name]
        return wrapper
    @memoized
    def load(name): return read(name)
    """,
    """\
    from read import read
    def load(name):
        load.text = getattr(load, "text", None) or read(name)
        return load.text
    """])
def test_kept_behind_functions(kept, loader):
    """Only who enters a function of the module can get at it."""
    assert kept(loader) == ["first", "second"]


def test_kept_in_the_open(kept):
    assert kept("""\
        from read import read
        import functools
        class Data:
            @functools.cached_property
            def text(self): return read("data.txt")
        data = Data()
        """, """\
        import loader
        def test_first(): assert loader.data.text
        def test_second(): assert loader.data.text
        """) == ["first", "second", "other"]
    assert kept("""\
        from read import read
        def __getattr__(name):
            if name != "TEXT":
                raise AttributeError(name)
            globals()["TEXT"] = read("data.txt")
            return TEXT
        """, """\
        import loader
        def test_first(): assert loader.TEXT
        def test_second(): assert loader.TEXT
        """) == ["first", "second", "other"]


def test_decorator_of_another_module(kept):
    assert kept("""\
        from read import read
        from memo import memoized
        @memoized
        def load(name): return read(name)
        """, memo="""\
        def memoized(function):
            cache = {}
            def wrapper(name):
                if name not in cache:
                    cache[name] = function(name)
                return cache[name]
            return wrapper
        """) == ["first", "second", "other"]


def test_cache_of_the_caller(kept):
    tests = """\
        import second
        def test_first(): assert second.get("data.txt")
        def test_second(): assert second.get("data.txt")
        def test_plain(): assert second
        """
    second = """\
        import loader
        _cache = {}
        def get(name):
            if name not in _cache:
                _cache[name] = loader.load(name)
            return _cache[name]
        """
    assert kept("from read import read as load\n", tests,
                second=second) == ["first", "second"]


def test_kept_in_a_module_that_did_not_read(kept):
    assert kept("""\
        import store
        from read import read
        def load(name): return store.get(name) or store.put(name, read(name))
        """, store="""\
        _kept = {}
        def get(name): return _kept.get(name)
        def put(name, text):
            _kept[name] = text
            return text
        """) == ["first", "second"]


def test_each_test_its_own_file(kept):
    """What nobody keeps selects one test of many."""
    project = kept.project
    for number in range(20):
        project.write("data/%d.yaml" % number, "key: %d\n" % number)
    kept("""\
        import logging
        from pathlib import Path
        log = logging.getLogger(__name__)
        _settings = {"strict": True}
        class Loaded(dict):
            count = 0
            def __init__(self, text):
                super().__init__([text.split(":")])
        def load(name):
            log.info("reading %s", name)
            return Loaded(Path(name).read_text())
        """, """\
        import pytest
        import loader
        @pytest.mark.parametrize("number", range(20))
        def test_each(number, monkeypatch):
            monkeypatch.setitem(loader._settings, "strict", False)
            assert loader.load("data/%d.yaml" % number)
        """)
    for number in (1, 7, 19):
        assert _affected(project, "data/%d.yaml" % number) == [
            "each[%d]" % number]


@pytest.mark.parametrize("pops, found", [
    ("_local.stack.pop()", ["first"]),
    # What it leaves there others find.
    ("_local.stack[:-1] = []", ["before", "first", "second"]),
])
def test_put_back_as_it_was_found(kept, pops, found):
    """A context is pushed, a file is read within, and it is popped again."""
    assert kept("""\
        import threading
        from read import read
        _local = threading.local()
        def load(name):
            _local.__dict__.setdefault("stack", []).append(name)
            try:
                return read(name)
            finally:
                %s
        """ % pops, """\
        import loader
        def test_before(): assert loader.load("test_it.py")
        def test_first(): assert loader.load("data.txt")
        def test_second(): assert loader.load("test_it.py")
        """) == found


def test_cleared_in_time(kept):
    assert kept("""\
        import functools
        from read import read
        @functools.lru_cache()
        def load(name): return read(name)
        """, """\
        import loader, pytest
        @pytest.fixture(autouse=True)
        def cleared():
            yield
            loader.load.cache_clear()
        def test_first(): assert loader.load("data.txt")
        def test_second(): assert loader.load("test_it.py")
        """) == ["first"]


def test_session_fixture(kept):
    """The fixture's own users depend on it; so does who is given a copy."""
    assert kept("""\
        from read import read
        _cache = {}
        def load(name):
            if name not in _cache:
                _cache[name] = read(name)
            return _cache[name]
        """, """\
        import loader, pytest
        @pytest.fixture(scope="session")
        def data(): return loader.load("data.txt")
        def test_first(data): assert data
        def test_second(): assert loader.load("data.txt")
        def test_third(): assert loader
        """) == ["first", "second"]


def test_read_while_collecting(kept):
    assert kept("""\
        from read import read
        _cache = {}
        def load(name):
            if name not in _cache:
                _cache[name] = read(name)
            return _cache[name]
        """, """\
        import loader
        def test_second(): assert loader.load("data.txt")
        def test_third(): assert loader
        """, test_a="""\
        import loader
        TEXT = loader.load("data.txt")
        def test_first(): assert TEXT
        """) == ["first", "second"]


def test_listing(kept):
    project = kept.project
    project.write("templates/one.html", "1")
    kept("""\
        import functools, os
        @functools.lru_cache()
        def names(): return sorted(os.listdir("templates"))
        """, """\
        import loader
        def test_first(): assert loader.names()
        def test_second(): assert loader.names()
        """)
    project.write("templates/two.html", "2")
    assert _names(project) == ["first", "second", "other"]


def test_templates(kept):
    """One environment for all, whose class is another module's."""
    project = kept.project
    for name in ("one", "two"):
        project.write("templates/%s.html" % name, name)
    kept("""\
        from engine import Environment
        _environment = Environment("templates")
        def render(name): return _environment.get(name)
        """, """\
        import loader
        def test_one(): assert loader.render("one")
        def test_two(): assert loader.render("two")
        def test_again(): assert loader.render("one")
        """, engine="""\
        import os
        class Environment:
            def __init__(self, folder):
                self.folder = folder
                self.cache = {}
            def get(self, name):
                path = os.path.join(self.folder, name + ".html")
                if name not in self.cache:
                    with open(path) as file:
                        self.cache[name] = file.read()
                return self.cache[name]
        """)
    assert sorted(_affected(project, "templates/one.html")) == [
        "again", "one", "two"]


def test_a_private_name(kept):
    assert kept("""\
        from read import read
        __cache = {}
        def load(name):
            if name not in __cache:
                __cache[name] = read(name)
            return __cache[name]
        """) == ["first", "second"]


def test_another_name(kept):
    assert kept("""\
        from read import read
        _cache = {}
        def load(name):
            if name not in _cache:
                _cache[name] = read(name)
            return _cache[name]
        """, """\
        import loader
        def test_first(): assert loader.load("data.txt")
        """, test_more="""\
        from loader import load as something
        def test_more(): assert something("data.txt")
        """) == ["first", "more"]


def test_absent_file_that_was_looked_for(kept):
    project = kept.project
    kept("""\
        from read import read
        _cache = {}
        def load(name):
            if name not in _cache:
                try:
                    _cache[name] = read("absent.txt")
                except OSError:
                    _cache[name] = "nothing"
            return _cache[name]
        """)
    project.write("absent.txt", "here")
    assert _names(project) == ["first", "second"]


def test_made_by_a_test(kept):
    """What a test made ties nobody to what the maker read."""
    project = kept.project
    project.write("input.txt", "1\n")
    kept("""\
        from read import read
        _cache = {}
        def make():
            with open("made.txt", "w") as file:
                file.write(read("input.txt"))
        def load(name):
            if name not in _cache:
                _cache[name] = read(name)
            return _cache[name]
        """, """\
        import loader
        def test_1(): loader.make()
        def test_2(): assert loader.load("made.txt")
        def test_3(): assert loader.load("data.txt")
        def test_4(): assert loader.load("data.txt")
        """)
    assert _affected(project, "input.txt") == ["1", "2"]


def test_nothing_of_the_program_changes(kept):
    """No object's own code runs, and none lives longer."""
    project = kept.project
    project.write("test_it.py", "")
    project.write("data.txt", "1\n")
    project.write("test_odd.py", """\
        import gc, sys, weakref
        class Odd:
            def _bad(self, *args): raise SystemError("called")
            __eq__ = __len__ = __iter__ = __getattr__ = _bad
            __bool__ = __dir__ = __repr__ = _bad
            __class__ = property(_bad)
            def __hash__(self): raise SystemError("called")
        class Meta(type):
            def __getattribute__(cls, name):
                if sys._getframe(1).f_globals is not globals():
                    if name not in ("__dict__", "__mro__", "__name__"):
                        raise SystemError(name)
                return type.__getattribute__(cls, name)
        odd = Odd()
        class Plain: pass
        kept = [Plain()]
        def test_all():
            looked = weakref.ref(kept[0])
            open("data.txt").close()
            assert gc.isenabled()
            count = sys.getrefcount(odd)
            open("data.txt").close()
            assert sys.getrefcount(odd) == count
            del kept[:]
            assert looked() is None
        def test_deep():
            def deep():
                try:
                    deep()
                except RecursionError:
                    with open("data.txt"):
                        pass
            try:
                deep()
            except RecursionError:
                pass
        """)
    project.pytest("-q").ok()
    project.plain("-q").ok()


@pytest.mark.skipif(not os.path.exists("/usr/bin/env"), reason="no env")
def test_workers_and_threads(kept):
    assert kept("""\
        import threading
        from read import read
        _cache = {}
        def load(name):
            def work():
                if name not in _cache:
                    _cache[name] = read(name)
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
            return _cache[name]
        """) == ["first", "second"]


@pytest.mark.parametrize("how", [
    "load = functools.lru_cache(_load)",
    "class Loader:\n"
    "    @classmethod\n"
    "    @functools.lru_cache(maxsize=2)\n"
    "    def __load(cls, name): return _load(name)\n"
    "    def load(self, name): return self.__load(name)\n"
    "load = Loader().load"], ids=["function", "method"])
def test_a_cache_of_an_installed_package(project, how):
    """As of plugins that compare with what is in a file (syrupy)."""
    project.env["PYTHONPATH"] = "site-packages"
    project.write("site-packages/loader.py",
                  "import functools\n"
                  "def _load(name):\n"
                  "    with open(name) as file: return file.read()\n" + how)
    project.write("data.txt", "1\n")
    project.files(test_it=TESTS, test_other=OTHER)
    project.pytest("-p", "no:randomly").ok()
    assert _affected(project) == ["first", "second"]
