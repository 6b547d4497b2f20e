"""SELECTs of constants beyond the recorded ones: types, names, values and errors.

The rules they follow: literals IntLiteral.java, DecimalLiteral.java; arithmetic
ArithmeticExpr.java; names AstToStringBuilder.java; lengths MysqlCodec.java; what the FE folds
ScalarOperatorFunctions.java, ConstantOperator.java; doubles RyuDouble.java (FE) and ryu.patch (BE).
"""
import time

import pytest

from fe_rig import Cluster, SqlError


@pytest.fixture(scope="module")
def seed():
    with Cluster() as cluster:  # 3.3
        cluster.client = cluster.leader()
        yield cluster


@pytest.fixture(scope="module")
def new():
    with Cluster("4.1") as cluster:
        cluster.client = cluster.leader()
        yield cluster


def one(client, item):
    """Name, type, length, decimals and value of the only column."""
    rows = client.query(f"SELECT {item}")
    (column,), ((value,),) = rows.columns, rows.rows
    return column["name"], column["type"], column["length"], column["decimals"], value


def error(client, sql):
    with pytest.raises(SqlError) as caught:
        client.query(sql)
    return caught.value.code, caught.value.message


@pytest.mark.parametrize("item, kind, length, value", [
    ("0", "TINY", 4, "0"),
    ("-127", "TINY", 4, "-127"),
    ("-128", "SHORT", 6, "-128"),  # 128 is a SMALLINT, and a sign changes no type
    ("40000", "LONG", 11, "40000"),
    ("-9223372036854775808", "STRING", 40, "-9223372036854775808"),
    ("-170141183460469231731687303715884105728", "STRING", 40,
     "-170141183460469231731687303715884105728"),
    ("1 + 1", "SHORT", 6, "2"),  # the next wider type
    ("300 * 300", "LONG", 11, "90000"),
    ("2147483647 + 1", "LONGLONG", 20, "2147483648"),
    ("7 DIV 2", "TINY", 4, "3"),
    ("-7 % 3", "TINY", 4, "-1"),
    ("7 DIV 0", "TINY", 4, None),
    ("9223372036854775807 + 1", "LONGLONG", 20, "-9223372036854775808"),  # a BE/CN wraps
    ("6 & 3", "TINY", 4, "2"),
    ("~0", "LONGLONG", 20, "-1"),
    ("true + 1", "SHORT", 6, "2"),
])
def test_whole_numbers(seed, item, kind, length, value):
    assert one(seed.client, item)[1:] == (kind, length, 0, value)


@pytest.mark.parametrize("item, length, decimals, value", [
    ("12.50", 8, 2, "12.50"),
    ("-0.05", 6, 2, "-0.05"),
    ("25e-1", 6, 1, "2.5"),
    ("1.5 + 1", 6, 1, "2.5"),  # folded: the narrowest type of the result
    ("0.5 + 0.5", 6, 1, "1.0"),
    ("1.20 * 3.0", 8, 3, "3.600"),
    ("1.0 / 4", 6, 2, "0.25"),
    ("1 / 3.0", 42, 6, "0.333333"),  # has no end: a BE/CN, DECIMAL128(38,6)
    ("cast(2.345 AS DECIMAL(9,2))", 13, 2, "2.35"),
    ("cast(-2.345 AS DECIMAL(5,1))", 9, 1, "-2.3"),
    ("cast(100 AS DECIMAL(3,1))", 7, 1, None),
])
def test_decimals(seed, item, length, decimals, value):
    assert one(seed.client, item)[1:] == ("DECIMAL", length, decimals, value)


@pytest.mark.parametrize("item, value", [
    ("4 / 2", "2.0"), ("'3' + 4", "7.0"), ("1e40 * 2", "2.0e40"),
    ("cast('1e-5' AS DOUBLE)", "1.0e-5"),
    ("cast(0.25 AS DOUBLE)", "0.25"), ("1 / 0", None), ("cast('-inf' AS DOUBLE)", "-inf"),
])
def test_doubles(seed, item, value):
    assert one(seed.client, item)[1:] == ("DOUBLE", 22, 31, value)


def test_doubles_that_a_node_prints_have_no_needless_point(seed):
    assert seed.client.rows("SELECT 4 / 2, 1e40 * 2, uuid() IS NULL")[0][:2] == ["2", "2e+40"]


def test_literals_too_large(seed, new):
    digits = "9" * 77
    assert error(new.client, f"SELECT\n {digits}") == (
        1064, "Getting syntax error at line 2, column 1. Detail message: Numeric overflow"
        f" {digits}.")
    assert error(seed.client, "SELECT 1; SELECT 2" + "0" * 39)[1].startswith(
        "Getting syntax error at line 1, column 17. Detail message: Numeric overflow 2000")
    assert error(seed.client, "SELECT 1 FROM dual WHERE x'0g' = 1")[1] == (
        "Getting syntax error at line 1, column 25. Detail message: Binary literal can only contain"
        " hexadecimal digits and an even number of digits.")
    assert one(new.client, "9" * 76)[1:4] == ("DECIMAL", 79, 0)
    assert error(seed.client, f"SELECT {2 ** 127}") == (
        1064, "Getting analyzing error at line 1, column 7. Detail message: Numeric overflow"
        f" {2 ** 127}.")


@pytest.mark.parametrize("item, kind, value", [
    ("cast('12' AS TINYINT)", "TINY", "12"), ("cast('300' AS TINYINT)", "TINY", None),
    ("cast(1.9 AS INT)", "LONG", "1"), ("cast(' 7 ' AS BIGINT)", "LONGLONG", "7"),
    ("cast('2' AS BOOLEAN)", "TINY", "1"), ("cast('true' AS BOOLEAN)", "TINY", "1"),
    ("cast('2026-02-30' AS DATE)", "DATE", None),
    ("cast('20260228' AS DATE)", "DATE", "2026-02-28"),
    ("cast('2026-01-02T03:04:05' AS DATETIME)", "DATETIME", "2026-01-02 03:04:05"),
    ("cast('2026-01-02 03:04:05.5' AS DATE)", "DATE", "2026-01-02"),
    ("cast(cast('2026-01-02' AS DATE) AS STRING)", "VAR_STRING", "2026-01-02"),
    ("cast(NULL AS INT)", "LONG", None), ("cast(12.5 AS VARCHAR(3))", "VAR_STRING", "12.5"),
    ("cast('{\"b\": 1, \"a\": []}' AS JSON)", "STRING", '{"a": [], "b": 1}'),
    ("DATE '2026-12-31' + INTERVAL 2 MONTH", "DATETIME", "2027-02-28 00:00:00"),
    ("date_sub('2026-03-01 00:00:01', INTERVAL 2 SECOND)", "DATETIME", "2026-02-28 23:59:59"),
])
def test_casts_and_times(seed, item, kind, value):
    assert one(seed.client, item)[1::3] == (kind, value)


@pytest.mark.parametrize("item, value", [
    ("1 = 1.0", "1"), ("'b' > 'a' AND NULL", None), ("NULL OR 1 < 2", "1"), ("NULL <=> NULL", "1"),
    ("3 NOT IN (1, 2)", "1"), ("3 IN (1, NULL)", None), ("2 BETWEEN 1 AND 3", "1"),
    ("'sales_eu' LIKE 'sales\\_%'", "1"), ("'salesXeu' LIKE 'sales\\_%'", "0"), ("!(1 = 1)", "0"),
    ("DATE '2026-01-02' > '2026-01-01'", "1"), ("NOT 2 IS NULL", "1"), ("1 <> 2 = true", "1"),
])
def test_conditions(seed, item, value):
    assert one(seed.client, item)[1:] == ("TINY", 1, 0, value)


@pytest.mark.parametrize("item, name", [
    ("1+2*3", "1 + (2 * 3)"), ("-(1)", "-1"), ("- - 1", "1"), ("-abs(1)", "-1 * (abs(1))"),
    ("'it''s'", r"'it\'s'"), ("UPPER( 'a' )", "upper('a')"), ("1 <> 2", "1 != 2"),
    ("1>0 && 2>1", "(1 > 0) AND (2 > 1)"), ("1 IS NOT NULL", "1 IS NOT NULL"),
    ("CASE WHEN 1>2 THEN 'a' ELSE 'b' END", "CASE WHEN (1 > 2) THEN 'a' ELSE 'b' END"),
    ("CASE 3 WHEN 3 THEN 1 END", "CASE 3 WHEN 3 THEN 1 END"), ("x'0aff'", "'0AFF'"),
    ("cast(1 AS STRING)", "CAST(1 AS VARCHAR(65533))"),
    ("current_timestamp", "current_timestamp()"),
    ("DATE '2026-01-02'", "'2026-01-02'"), ("@@session.sql_mode", "@@SESSION.sql_mode"),
    ("{}", None), ("array_length([1, 2])", "array_length([1, 2])"), ("[1,2][1]", "[1, 2][1]"),
])
def test_names_of_columns(seed, item, name):
    if name is None:
        assert error(seed.client, f"SELECT {item}")[0] == 1064
    else:
        assert one(seed.client, item)[0] == name


@pytest.mark.parametrize("item, value", [
    ("concat_ws('-', 'a', NULL, 'b')", "a-b"), ("substr('grün', 3)", "ün"),
    ("right('grün', 2)", "ün"),
    ("reverse('aü')", "üa"), ("instr('grün', 'n')", "4"), ("repeat('ab', 3)", "ababab"),
    ("char_length(repeat('x', 1048577))", None), ("coalesce(NULL, 5, 'x')", "5"),
    ("greatest(3, 10, 2)", "10"), ("abs(-128)", "128"), ("floor(-1.5)", "-2"),
    ("nullif(1, 1)", None),
    ("date_trunc('hour', '2026-05-06 07:08:09')", "2026-05-06 07:00:00"),
    ("year('2026-05-06')", "2026"),
    ("to_bitmap(3)", None), ("parse_json('{')", None),
    ("map{'a': [1, 2], 'b': []}", '{"a":[1,2],"b":[]}'),
    ("named_struct('x', 1.5, 'y', NULL)", '{"x":1.5,"y":null}'), ("[1, 2.5]", "[1.0,2.5]"),
    ("map{1: 'a'}[1]", "a"), ("concat('a', NULL)", None), ("length('ü')", "2"),
    ("hex('ü')", "C3BC"),
])
def test_functions_and_collections(seed, item, value):
    assert one(seed.client, item)[4] == value


def test_bytes_keep_their_zeros(seed):
    assert one(seed.client, "x'0061ff00'")[4] == "\x00a\udcff\x00"


def test_union_values_where_and_limit(seed):
    client = seed.client
    rows = client.query("SELECT 1 AS n UNION ALL SELECT 1000 UNION ALL SELECT NULL")
    assert (rows.names, rows.columns[0]["type"]) == (["n"], "SHORT")
    assert rows.rows == [["1"], ["1000"], [None]]
    assert client.rows("SELECT 1 UNION SELECT 1.0 UNION ALL SELECT 1") == [["1.0"], ["1.0"]]
    assert client.query("SELECT * FROM (VALUES (1), ('x')) t").names == ["column_0"]
    assert client.rows("SELECT * FROM (VALUES (1), (2), (3)) t(a) LIMIT 1, 1") == [["2"]]
    assert client.rows("SELECT 1 WHERE NULL") == [] == client.rows("SELECT 1 LIMIT 0")
    assert client.rows("SELECT 1 FROM dual WHERE 2 > 1 LIMIT 1 OFFSET 0") == [["1"]]


def test_no_matching_function_names_the_types(seed):
    assert error(seed.client, "SELECT 1,\n  nope('a', 1.50, 70000, [1], NULL)") == (
        1064, "Getting analyzing error from line 2, column 2 to line 2, column 34. Detail message:"
        " No matching function with signature: nope(varchar, decimal(3, 2), int(11),"
        " array<tinyint(4)>, null_type).")
    assert "signature: substr(varchar)." in error(seed.client, "SELECT substr('a')")[1]
    assert error(seed.client, "SELECT 1 LIKE 'a'")[1] == (
        "Getting analyzing error from line 1, column 7 to line 1, column 14. Detail message: left"
        " operand of LIKE must be of type STRING: 1 LIKE 'a'.")
    assert error(seed.client, "SELECT wat")[1].endswith("Column 'wat' cannot be resolved.")


def test_information_functions_of_one_select(seed, new):
    # InformationFunction.java had no equals() of its own up to 3.4.
    old, now = seed.client, new.client
    assert old.rows("SELECT CURRENT_ROLE(), CURRENT_USER()") == [["'root'@'%'"] * 2]
    assert old.rows("SELECT concat('a', USER()), concat('a', CATALOG())") == [
        ["adefault_catalog"] * 2]
    assert old.rows("SELECT CONNECTION_ID(), CATALOG()") == [
        [str(old.thread_id), "default_catalog"]]
    assert now.rows("SELECT CURRENT_ROLE(), CURRENT_USER()") == [["root", "'root'@'%'"]]


def test_variables_have_their_types(seed):
    client = seed.client
    client.query("SET @a = 1000, @b = 'x'")
    rows = client.query("SELECT @@query_timeout, @@enable_profile, @@sql_select_limit, @@time_zone,"
                        " @a, @b, @c")
    assert [c["type"] for c in rows.columns] == [
        "LONG", "TINY", "LONGLONG", "VAR_STRING", "SHORT", "VAR_STRING", "VAR_STRING"]
    assert rows.rows == [["300", "0", "9223372036854775807", "UTC", "1000", "x", None]]


def test_a_hint_holds_for_its_statement(seed, new):
    for cluster, code, message in ((seed, 1064, "Query exceeded time limit of 1 seconds"),
                                   (new, 5024, "Query reached its timeout of 1 seconds, please"
                                    " increase the 'query_timeout' session variable and retry")):
        client = cluster.client
        hint = "SELECT /*+ SET_VAR(query_timeout = 1, sql_mode='x') */"
        assert client.rows(f"{hint} @@query_timeout, @@sql_mode") == [["1", "x"]]
        assert client.rows("SELECT @@query_timeout") == [["300"]]
        before = time.monotonic()
        assert error(client, f"{hint} sleep(60)") == (code, message)
        assert time.monotonic() - before >= 1


def test_what_the_fe_folds_needs_no_node():
    with Cluster("4.1") as cluster:
        cluster.control("event", "kill-cn")
        client = cluster.leader()
        for folded in ("1 + 1", "concat('a', 'b')", "now() > '2020-01-01'", "cast('1' AS INT)",
                       "if(1 > 2, 3, 4)", "x'00'", "USER()", "@@sql_mode", "1.5 / 3"):
            assert len(client.rows(f"SELECT {folded}")) == 1, folded
        for node in ("[1]", "uuid()", "repeat('a', 2)", "cast('x' AS INT)", "parse_json('1')",
                     "1 / 3.0", "'a' LIKE 'b'", "1 + length('a')"):
            assert error(client, f"SELECT {node}")[0] == 5904, node
        assert error(client, "SELECT 1 WHERE uuid() IS NULL")[0] == 5904


def test_deep_and_long_expressions_are_refused_or_answered(seed):
    client = seed.client
    for sql in ("SELECT " + "(" * 50000 + "1" + ")" * 50000, "SELECT -" + " - " * 3000 + "1",
                "SELECT " + "NOT " * 20000 + "1", "SELECT [" * 3000, "SELECT map{",
                "SELECT cast(1 AS", "SELECT 1 +", "SELECT CASE WHEN", "SELECT x'0'"):
        assert error(client, sql)[0] == 1064
    assert client.rows("SELECT " + "+".join(["1"] * 500)) == [["500"]]
    assert len(client.rows("SELECT " + ",".join(["1"] * 200))[0]) == 200
