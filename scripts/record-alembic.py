"""Runs revisions with the real Alembic against a driver that only writes down.

    python scripts/record-alembic.py fixtures/differential/alembic > recorded.json

Every statement is noted with its parameters filled in and with whether the
driver had a transaction open when it was sent.
"""

import datetime
import decimal
import importlib.util
import json
import pathlib
import re
import sys
import uuid

import alembic
import sqlalchemy as sa
from sqlalchemy.dialects import registry
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy.dialects.postgresql.base import PGDialect


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, decimal.Decimal)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "ARRAY[" + ", ".join(literal(item) for item in value) + "]"
    if isinstance(value, (dict,)):
        value = json.dumps(value)
    if isinstance(value, (datetime.date, datetime.datetime, uuid.UUID)):
        value = str(value)
    return "'" + str(value).replace("'", "''") + "'"


class Cursor:
    description = None
    rowcount = 0
    arraysize = 1

    def __init__(self, connection):
        self.connection = connection

    def execute(self, statement, parameters=None):
        if parameters:
            filled = {key: literal(value) for key, value in parameters.items()} if isinstance(parameters, dict) else tuple(literal(p) for p in parameters)
            statement = statement % filled
        elif parameters is not None:
            statement = statement.replace("%%", "%")
        self.connection.send(statement)
        if re.match(r"\s*(select|show|with)\b", statement, re.I):
            self.description = [("value", 25, None, None, None, None, None)]
        else:
            self.description = None

    def executemany(self, statement, rows):
        for row in rows:
            self.execute(statement, row)

    def fetchone(self):
        return None

    def fetchall(self):
        return []

    def fetchmany(self, size=None):
        return []

    def close(self):
        pass


class Connection:
    """Begins at the first statement, as psycopg2 does, unless autocommit is on."""

    server_version = 160000
    encoding = "UTF8"
    notices = []
    closed = 0

    def __init__(self):
        self.autocommit = False
        self.log = []
        self.ended = False

    def send(self, statement):
        if re.search(r"pg_catalog\.|standard_conforming_strings|current_schema", statement):
            return
        open_ = not self.autocommit and not self.ended
        self.log.append({"sql": statement, "transaction": open_})
        # The driver does not see a COMMIT inside the text: it goes on without BEGIN.
        if re.match(r"\s*(commit|end|rollback)\b", statement, re.I):
            self.ended = True
        if re.match(r"\s*(begin|start)\b", statement, re.I):
            self.ended = False

    def cursor(self, *args, **kwargs):
        return Cursor(self)

    def commit(self):
        self.ended = False

    def rollback(self):
        self.ended = False

    def set_isolation_level(self, level):
        self.autocommit = level == 0

    def close(self):
        pass


class Driver:
    """The module a DBAPI driver is, as far as SQLAlchemy looks."""

    paramstyle = "pyformat"
    apilevel = "2.0"

    class Error(Exception):
        pass

    Warning = InterfaceError = DatabaseError = DataError = OperationalError = Error
    IntegrityError = InternalError = ProgrammingError = NotSupportedError = Error
    Binary = bytes


class Recording(PGDialect):
    supports_statement_cache = False
    # As psycopg2: many rows of one INSERT go as one list of VALUES.
    use_insertmanyvalues_wo_returning = True
    driver = "recording"
    default_paramstyle = "pyformat"

    def initialize(self, connection):
        self.server_version_info = (16, 0)
        self.default_schema_name = "public"
        self.default_isolation_level = "READ COMMITTED"
        self._backslash_escapes = False

    def on_connect(self):
        return None

    def do_ping(self, connection):
        return True

    def set_isolation_level(self, connection, level):
        connection.autocommit = level == "AUTOCOMMIT"

    def get_isolation_level_values(self, connection):
        return ["AUTOCOMMIT", "READ COMMITTED"]

    def get_isolation_level(self, connection):
        return "READ COMMITTED"

    def do_executemany(self, cursor, statement, parameters, context=None):
        cursor.executemany(statement, parameters)


registry.register("postgresql.recording", __name__, "Recording")


def load(path):
    spec = importlib.util.spec_from_file_location(re.sub(r"\W", "_", path.name), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(path, direction):
    raw = Connection()
    engine = sa.create_engine("postgresql+recording://", creator=lambda: raw, module=Driver, poolclass=sa.pool.StaticPool)
    with engine.connect() as connection:
        with EnvironmentContext(Config(), None) as environment:
            environment.configure(connection=connection)
            context = environment.get_context()
            with context.begin_transaction(), Operations.context(context):
                getattr(load(path), direction)()
    return raw.log


def main():
    sys.dont_write_bytecode = True
    # Revisions import what they share.
    sys.path.insert(0, str(pathlib.Path(sys.argv[1]).resolve()))
    recorded = {}
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
        entry = {}
        for direction in ("upgrade", "downgrade"):
            try:
                entry[direction] = run(path, direction)
            except Exception as error:
                entry[direction] = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        recorded[path.name] = entry
    print(json.dumps({"alembic": alembic.__version__, "sqlalchemy": sa.__version__, "revisions": recorded}, indent=1))


main()
