"""Runs migrations with the real Django on a real PostgreSQL and writes down what its schema editor sends.

    python scripts/record-django.py fixtures/differential/django <folder of the server's socket> > recorded.json

Every folder is an app. Each migration is recorded forwards, then backwards,
then run again for the next one. Statements are noted with whether Django had a
transaction open when they were sent.
"""

import json
import pathlib
import sys

import django
from django.conf import settings

folder = pathlib.Path(sys.argv[1]).resolve()
apps = sorted(path.parent.name for path in folder.glob("*/migrations"))
sys.dont_write_bytecode = True
sys.path.insert(0, str(folder))

settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.postgres", *apps],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "postgres", "HOST": sys.argv[2]}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.db import connection  # noqa: E402
from django.db.backends.postgresql.schema import DatabaseSchemaEditor  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.db.migrations.operations.special import RunPython  # noqa: E402

log = []
sending = False
send = DatabaseSchemaEditor.execute


def execute(self, sql, params=()):
    text = str(sql) if params is None else self.connection.ops.compose_sql(str(sql), params)
    log.append({"sql": text, "transaction": self.connection.in_atomic_block})
    global sending
    sending = True
    try:
        return send(self, sql, params)
    finally:
        sending = False


DatabaseSchemaEditor.execute = execute


def recorded_function(function):
    """What a function named raw_… sends with a cursor is recorded; models' statements are not."""

    def note(run, sql, params, many, context):
        # What goes through the schema editor is noted there.
        if not sending:
            log.append({"sql": sql, "transaction": connection.in_atomic_block})
        return run(sql, params, many, context)

    def wrapped(*arguments):
        if not function.__name__.startswith("raw_"):
            return function(*arguments)
        with connection.execute_wrapper(note):
            return function(*arguments)

    return wrapped


for way, name in (("database_forwards", "code"), ("database_backwards", "reverse_code")):

    def patched(self, *arguments, _run=getattr(RunPython, way), _name=name):
        function = getattr(self, _name)
        if function is not None:
            setattr(self, _name, recorded_function(function))
        try:
            return _run(self, *arguments)
        finally:
            setattr(self, _name, function)

    setattr(RunPython, way, patched)


def run(targets):
    log.clear()
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return list(log)


recorded = {}
run([("auth", "0012_alter_user_first_name_max_length")])
for app in apps:
    graph = MigrationExecutor(connection).loader.graph
    nodes = [node for leaf in graph.leaf_nodes(app) for node in graph.forwards_plan(leaf)]
    before = None
    for node in nodes:
        if node[0] != app:
            run([node])
            continue
        path = f"{app}/migrations/{node[1]}.py"
        entry = {}
        try:
            entry["forwards"] = run([node])
        except Exception as error:
            entry["forwards"] = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
            recorded[path] = entry
            break
        try:
            entry["backwards"] = run([before or (app, None)])
            run([node])
        except Exception as error:
            entry["backwards"] = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
            run([node])
        recorded[path] = entry
        before = node

print(json.dumps({"django": django.get_version(), "migrations": recorded}, indent=1))
