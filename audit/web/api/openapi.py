"""The OpenAPI document (3.1), made from the table of operations and the types of their answers."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

import msgspec

from audit.web.api.operation import PREFIX, Operation
from audit.web.api.operations import OPERATIONS
from audit.web.api.records import Problem
from audit.web.asked import MAX_PAGE, SIZES
from audit_rules import __version__
from audit_rules.facts import Kind
from audit_rules.judgement import Group, Lang, Severity, Stage

_TEXT: dict[str, Any] = {"type": "string"}
_SCHEMAS: dict[str, dict[str, Any]] = {
    "lang": {"type": "string", "enum": list(get_args(Lang)), "default": "vi"},
    "kind": {"type": "string", "enum": list(get_args(Kind))},
    "group": {"type": "string", "enum": list(get_args(Group))},
    "severity": {"type": "string", "enum": list(get_args(Severity))},
    "stage": {"type": "string", "enum": list(get_args(Stage))},
    "page": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 1},
    "size": {"type": "integer", "minimum": 1, "maximum": SIZES[-1], "default": SIZES[0]},
}
_MEANT = {
    "lang": "Ngôn ngữ của tên và câu / language of names and sentences",
    "q": "Một phần của địa chỉ, tên hoặc mã / part of an address, a name or an id",
    "province": "Mã tỉnh, thành phố / agency id of the province",
    "agency": "Mã cơ quan / agency id",
    "rule": "Mã quy tắc / rule id",
    "metric": "Mã chỉ tiêu / code of a metric",
    "sort": "Cột để sắp xếp; dấu trừ phía trước là giảm dần / a column; a minus before it turns the order",
    "page": "Trang, tính từ 1 / counted from 1",
    "size": "Số mục mỗi trang / items on a page",
    "portal": "Mã cổng / portal id",
    "run": "Mã lần kiểm tra / run id",
}
_ERRORS = {
    "400": "Tham số không dùng được / a parameter that will not do",
    "404": "Không có, hoặc không công bố / not there, or not told",
    "503": "Cơ sở dữ liệu tạm thời không dùng được / the database cannot be used at the moment",
}


@cache
def document() -> dict[str, Any]:
    """The whole document, ready to be written as JSON."""
    types = [each.answers for each in OPERATIONS] + [Problem]
    refs, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    problem = {"description": "", "content": {"application/problem+json": {"schema": refs[-1]}}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "portal-auditor",
            "version": __version__,
            "description": "Kết quả kiểm tra cổng thông tin điện tử, chỉ đọc. Một phát hiện không phải là kết luận"
            " vi phạm. Điểm của các bộ quy tắc khác nhau không so sánh được với nhau. / Results of portal audits,"
            " read-only. A finding is no verdict of an offence. Scores of different rule sets do not compare.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": PREFIX}],
        "paths": {
            each.path: {"get": _operation(each, ref)} for each, ref in zip(OPERATIONS, refs[:-1], strict=True)
        },
        "components": {
            "schemas": components,
            "responses": {name: {**problem, "description": text} for name, text in _ERRORS.items()},
            "headers": {
                "ETag": {"description": "Ask again with If-None-Match: 304 while nothing changed", "schema": _TEXT},
                "Link": {"description": "first, prev, next, last (RFC 8288)", "schema": _TEXT},
            },
        },
    }


def _operation(one: Operation, answer: dict[str, Any]) -> dict[str, Any]:
    headers = {"ETag": {"$ref": "#/components/headers/ETag"}}
    if one.paged:
        headers["Link"] = {"$ref": "#/components/headers/Link"}
    errors = ["400", "503", *(["404"] if one.ids or one.inside else [])]
    return {
        "operationId": one.name,
        "summary": f"{one.vi} / {one.en}",
        "parameters": [
            *(_parameter(one, name, "path") for name in one.ids),
            *(_parameter(one, name, "query") for name in ("lang", *one.query)),
            {
                "name": "If-None-Match",
                "in": "header",
                "schema": _TEXT,
                "description": "An ETag of an earlier answer",
            },
        ],
        "responses": {
            "200": {"description": "OK", "headers": headers, "content": {"application/json": {"schema": answer}}},
            "304": {"description": "Không có gì thay đổi / nothing changed", "headers": headers},
            **{code: {"$ref": f"#/components/responses/{code}"} for code in sorted(errors)},
        },
    }


def _parameter(one: Operation, name: str, place: str) -> dict[str, Any]:
    schema = _SCHEMAS.get(name, _TEXT)
    if name == "state":
        schema = {"type": "string", "enum": list(one.states)}
    elif name == "sort":
        schema = {"type": "string", "enum": [*one.sorts, *(f"-{each}" for each in one.sorts)]}
    told: dict[str, Any] = {"name": name, "in": place, "schema": schema}
    if name in _MEANT:
        told["description"] = _MEANT[name]
    return told | ({"required": True} if place == "path" else {})
