"""`/api/docs`, a page to read and try the API, and `/docs/errors`; all their files come from this server."""

from html import escape

from litestar import MediaType, Response, get

from topup.api.errors import MEANINGS, OUTCOMES, Code

ASSETS = "/static/drf_spectacular_sidecar/swagger-ui-dist"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TopUpEngine API</title>
<link rel="stylesheet" href="{ASSETS}/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{ASSETS}/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
"""
START = """\
window.ui = SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""


ERRORS_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "td,th{text-align:start;padding:.4rem .8rem;border-bottom:1px solid #ccc}tr:target{background:#ffd}"
)


@get("/api/docs", include_in_schema=False, media_type=MediaType.HTML)
async def docs_page() -> Response[str]:
    return Response(PAGE, media_type=MediaType.HTML, headers={"Content-Security-Policy": POLICY})


@get("/api/docs/start.js", include_in_schema=False)
async def docs_start() -> Response[str]:
    return Response(START, media_type="text/javascript")


@get("/docs/errors", include_in_schema=False, media_type=MediaType.HTML)
async def errors_page() -> Response[str]:
    """What the `type` of every problem points to."""
    return Response(_errors_html(), media_type=MediaType.HTML, headers={"Content-Security-Policy": POLICY})


def _errors_html() -> str:
    advice: dict[Code, str] = {}
    for code, text in OUTCOMES.values():
        advice.setdefault(code, text)
    rows = "".join(
        f'<tr id="{code}"><td><code>{code}</code></td><td>{meaning.status}</td><td>{escape(meaning.title)}.'
        f" {escape(advice.get(code, ''))}</td><td>{'yes' if meaning.retryable else 'no'}</td></tr>"
        for code, meaning in MEANINGS.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>TopUpEngine: errors</title>'
        f"<style>{ERRORS_STYLE}</style></head><body><h1>Errors</h1><table><thead><tr><th>code</th>"
        f"<th>status</th><th>meaning</th><th>retry</th></tr></thead><tbody>{rows}</tbody></table></body></html>"
    )
