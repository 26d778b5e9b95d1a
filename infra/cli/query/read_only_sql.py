"""Which SQL only reads: exactly one SELECT, VALUES, SHOW, DESCRIBE or EXPLAIN of these."""

import logging
import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from shared.errors import BadInput
from shared.lake.schemas import SCHEMAS
from shared.validation import did_you_mean

READING = ("SELECT", "WITH", "VALUES", "SHOW", "DESCRIBE", "DESC", "EXPLAIN")
# A statement may hide inside another, as in WITH x AS (INSERT ...).
_WRITING = (exp.DDL, exp.DML, exp.Drop, exp.Alter, exp.Command, exp.Copy, exp.Into)
_EXPLAIN_OPTIONS = re.compile(r"\s*(analyze\b)?\s*(verbose\b)?\s*(\([^)]*\))?", re.IGNORECASE)


class OnlyReads(BadInput):
    """The query is not exactly one statement that only reads."""


class UnknownTable(BadInput):
    """The query is about a table that the lake does not have."""


def check_reads(sql: str) -> None:
    """Raise OnlyReads unless `sql` is one statement that only reads, UnknownTable unless the lake has its tables.

    What cannot be parsed, but begins as a reading statement does, is for Athena to refuse: it
    explains the mistake better.
    """
    words = re.sub(r"--[^\n]*|/\*.*?\*/", " ", sql, flags=re.DOTALL).replace("(", " ").split()
    begins = words[0].rstrip(";").upper() if words else "nothing"
    if begins not in READING:
        raise OnlyReads(_sentence(f"this begins with {begins:.40}"))
    try:
        statements = [tree for tree in _parsed(sql) if tree is not None]
    except SqlglotError:
        statements = []
        if ";" in sql.rstrip().rstrip(";"):
            raise OnlyReads(_sentence("this holds several, or cannot be told apart")) from None
    if len(statements) > 1:
        raise OnlyReads(_sentence(f"this is {len(statements)} statements"))
    if statements and not _reads(statements[0]):
        raise OnlyReads(_sentence("this would change something"))
    for statement in statements:
        _check_tables(statement)


def _check_tables(statement: exp.Expr) -> None:
    own = {query.alias_or_name.lower() for query in statement.find_all(exp.CTE)}
    for table in statement.find_all(exp.Table):
        # No function, and of no other schema.
        named = isinstance(table.this, exp.Identifier) and not table.db
        name = table.name.lower()
        if named and name not in own and name not in SCHEMAS:
            raise UnknownTable(
                f"the lake has no table {table.name!r};{did_you_mean(name, SCHEMAS)} its tables are "
                f"{', '.join(SCHEMAS)}"
            )


def _reads(tree: exp.Expr) -> bool:
    if isinstance(tree, exp.Command):
        verb = str(tree.this).upper()
        return verb == "SHOW" or (verb == "EXPLAIN" and _explains_reading(tree))
    nodes = tree.find_all(*_WRITING)
    # Reading statements are written with nodes that are DML by class, too: a SELECT is a Query.
    inside = [node for node in nodes if not isinstance(node, exp.Query)]
    return isinstance(tree, exp.Query | exp.Values | exp.Describe | exp.Show) and not inside


def _explains_reading(tree: exp.Command) -> bool:
    explained = _EXPLAIN_OPTIONS.sub("", tree.expression.name, count=1)
    try:
        statements = _parsed(explained)
    except SqlglotError:
        return False
    return len(statements) == 1 and statements[0] is not None and _reads(statements[0])


def _parsed(sql: str) -> list[exp.Expr | None]:
    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of every SHOW and EXPLAIN
    return list(sqlglot.parse(sql, read="athena"))


def _sentence(found: str) -> str:
    return (
        f"a query only reads, and {found}; write one SELECT, VALUES, SHOW, DESCRIBE or EXPLAIN; "
        "runs alone change the lake"
    )
