"""What is read from a page."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from batchsvc.scanner.facts.page import PageFacts, read_page

HOME = URL("https://cafe.example/")
SIZE = 2 * 1024 * 1024


def read(markup: str | bytes, charset: str | None = None, **headers: str) -> PageFacts:
    body = markup.encode() if isinstance(markup, str) else markup
    return read_page(body, HOME, charset, [(name.replace("_", "-"), value) for name, value in headers.items()])


def facts(page: PageFacts) -> dict[str, Any]:
    return {
        "title": page.title,
        "description": page.description,
        "language": page.language,
        "favicon": page.favicon_url,
        "logo": page.logo_url,
        "emails": list(page.emails),
        "phones": list(page.phones),
        "social": page.social_links,
        "tech": page.technologies.concluded(),
    }


# Markup → the facts that it holds; all others have to be missing.
PAGES: list[tuple[str, dict[str, Any]]] = [
    ("<title> A &amp; B\n <b>C</title>", {"title": "A & B <b>C"}),
    ("<svg><title>Icon</title></svg><body><title>Page</title>", {"title": "Page"}),
    ("<meta property=og:title content='From og'>", {"title": "From og"}),
    ("<meta name=description content=' a  b '>", {"description": "a b"}),
    ("<meta property='og:description' content=x><meta name=Description content=y>", {"description": "y"}),
    ("<html lang=DE_at>", {"language": "de-AT"}),
    ("<html lang='zh-hant-TW'>", {"language": "zh-Hant-TW"}),
    ("<html lang='{{ lang }}'><meta property=og:locale content=en_US>", {"language": "en-US"}),
    ("<link rel='shortcut icon' href=/a.ico><link rel=icon href=/b.ico>", {"favicon": "https://cafe.example/a.ico"}),
    ("<link rel=apple-touch-icon href=//cdn.example/t.png>", {"favicon": "https://cdn.example/t.png"}),
    ("<link rel=icon href=data:image/png;base64,AA>", {}),
    ("<base href=/shop/><img class='custom-logo x' src=l.png>", {"logo": "https://cafe.example/shop/l.png"}),
    ("<a class=navbar-logo href=/><span><img src=/x.png></span></a>", {"logo": "https://cafe.example/x.png"}),
    ("<img src=/assets/logo@2x.png>", {"logo": "https://cafe.example/assets/logo@2x.png"}),
    ("<img src=/catalogo.png><div class=blogoverview><img src=/y.png></div>", {}),
    ("<p>Info@Cafe.example, info@cafe.example; a.b+c@d-e.co.uk.", {"emails": ["info@cafe.example", "a.b+c@d-e.co.uk"]}),
    ("<a href='mailto:Chef%40cafe.de?subject=x@y.de'>", {"emails": ["chef@cafe.de"]}),
    ("<img src=x@2x.png> icon@3x.webp 0123456789abcdef0123456789abcdef@o1.ingest.sentry.io you@example.com", {}),
    ("<span data-cfemail='5438353631143735323179312c3539243831'></span>", {"emails": ["laee@cafe-example"]}),
    ("<script>var a = 'hidden@cafe.de'</script><style>@media</style>", {}),
    ("<a href='tel:+49 (0)30/123-456'>x</a> <a href='tel:0301234567'>y</a>", {"phones": ["+4930123456", "0301234567"]}),
    ("Call +1 (212) 555-0123 or 0049 30 1, +12, 2024-01-01, #+4", {"phones": ["+12125550123"]}),
    (
        ("<a href=https://www.facebook.com/cafe?ref=x>f</a><a href='https://facebook.com/sharer/sharer.php?u=1'>s</a>"
        "<a href=https://de.linkedin.com/company/cafe/>l</a><a href=https://x.com/cafe>x</a>"
        "<a href=https://twitter.com/intent/tweet>t</a><a href=https://www.instagram.com/p/1>i</a>"
        "<a href=https://www.youtube.com/@cafe>y</a><a href=https://notfacebook.com/cafe>n</a>"),
        {
            "social": {
                "facebook": "https://www.facebook.com/cafe",
                "linkedin": "https://de.linkedin.com/company/cafe/",
                "twitter": "https://x.com/cafe",
                "youtube": "https://www.youtube.com/@cafe",
            }
        },
    ),
    (
        ("<script type='application/ld+json'>{'broken'</script><script type='application/ld+json'>"
        '{"@graph": [{"@type": "Organization", "logo": {"url": "/l.svg"}, "email": "mailto:a@b.de", '
        '"telephone": ["+49 30 1234567"], "sameAs": ["https://instagram.com/cafe"]}]}</script>'),
        {
            "logo": "https://cafe.example/l.svg",
            "emails": ["a@b.de"],
            "phones": ["+49301234567"],
            "social": {"instagram": "https://instagram.com/cafe"},
        },
    ),
    ("<meta name=generator content='WordPress 6.4.2'>", {"tech": {"wordpress": {"version": "6.4.2"}}}),
    (
        ("<link rel=stylesheet href='/wp-content/themes/astra/style.css?ver=4.1'>"
        "<script src='/wp-includes/js/wp-emoji-release.min.js?ver=6.5'></script>"),
        {"tech": {"wordpress": {"theme": "astra", "version": "6.5"}}},
    ),
    (
        "<meta name=generator content='Elementor 3.18.3; features: x'>",
        {"tech": {"elementor": {"version": "3.18.3"}, "wordpress": {}}},
    ),
    ("<div class='elementor elementor-12'>", {"tech": {"elementor": {}, "wordpress": {}}}),
    (
        "<link rel=stylesheet href=/wp-content/themes/Divi/style.css>",
        {"tech": {"divi": {}, "wordpress": {"theme": "Divi"}}},
    ),
    ("<div class='et_pb_section'>", {"tech": {"divi": {}, "wordpress": {}}}),
    ("<body class='home woocommerce-page'>", {"tech": {"woocommerce": {}, "wordpress": {}}}),
    (
        "<link href='/wp-content/plugins/contact-form-7/includes/css/styles.css?ver=5.9.3'>",
        {"tech": {"contact_form_7": {"version": "5.9.3"}, "wordpress": {}}},
    ),
    ("<!-- optimized with the Yoast SEO Premium plugin v21.5 (x) -->", {"tech": {"yoast": {"version": "21.5"}}}),
    ("<form class='wpforms-form'>", {"tech": {"wpforms": {}, "wordpress": {}}}),
    ("<p class='elementary-school my-woocommerce'>I use WordPress 6.4, wp-content and Divi</p>", {}),
    ("<script src=//cdn.shopify.com/s/x.js></script>", {"tech": {"shopify": {}}}),
    ("<script src=/js/jquery-3.7.1.min.js></script>", {"tech": {"jquery": {"version": "3.7.1"}}}),
    ("<div ng-version='17.0.1' id=x>", {"tech": {"angular": {"version": "17.0.1"}}}),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "expected"), PAGES, ids=[markup[:40] for markup, _ in PAGES])
def test_facts(markup: str, expected: dict[str, Any]) -> None:
    if "data-cfemail" in markup:
        hidden, expected = hide("laee@cafe.example"), {"emails": ["laee@cafe.example"]}
        markup = f"<span data-cfemail='{hidden}'></span><a href='/cdn-cgi/l/email-protection#{hidden}'>"
    empty: dict[str, Any] = facts(PageFacts())
    assert facts(read(markup)) == {**empty, **expected}


def hide(address: str) -> str:
    return bytes([0x54, *(byte ^ 0x54 for byte in address.encode())]).hex()


def test_facts_of_headers() -> None:
    page = read("<p>", Server="nginx/1.25.3", X_Powered_By="PHP/8.2.1", CF_Ray="1", Content_Language="fr")
    assert page.language == "fr"
    assert page.technologies.concluded() == {
        "cloudflare": {},
        "nginx": {"version": "1.25.3"},
        "php": {"version": "8.2.1"},
    }


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<title>Caf\u00e9".encode(), None),
        ("<title>Caf\u00e9".encode("cp1252"), None),
        ("<title>Caf\u00e9".encode("utf-16"), None),
        ("<title>Caf\u00e9".encode(), "UTF-8"),
        ("<title>Caf\u00e9".encode("latin-1"), "ISO-8859-1"),
        (b"<meta charset='windows-1252'><title>Caf\xe9", None),
        (b"<meta charset=rot13><title>Caf\xe9", "unicode_escape"),
        (b"\xef\xbb\xbf<title>Caf\xc3\xa9", "iso-8859-1"),
    ],
)
def test_character_sets(body: bytes, charset: str | None) -> None:
    assert read(body, charset).title == "Caf\u00e9"


def cap(unit: str) -> str:
    return (unit * (SIZE // len(unit) + 1))[:SIZE]


# What makes a parser take minutes, or hours, when it builds a tree or goes back and forth.
LONG = {
    "tags": cap("<a>"),
    "nested": cap("<div class=logo>"),
    "attributes": "<p " + " ".join(f"a{number}=1" for number in range(200_000)) + ">",
    "bare attributes": "<p " + cap("a ") + ">",
    "angles": cap("<"),
    "open tags": cap("<a<"),
    "open quotes": cap('<a b="'),
    "open comments": cap("<!--"),
    "open scripts": cap("<script>"),
    "open titles": cap("<title>"),
    "references": cap("&#x41;"),
    "long reference": "&#" + "9" * SIZE + ";",
    "at-signs": cap("a@"),
    "almost addresses": cap("aaaaaaaaaaaaaaaaaaaaaaa.@b."),
    "one word": cap("a"),
    "plus signs": cap("+1 "),
    "links": "".join(f"<a href=/{number}>" for number in range(150_000)),
    "metas": cap("<meta charset"),
    "blanks": "<a" + cap(" ") + ">",
    "equals": "<a " + cap("= ") + ">",
    "scripts": cap("<script src='/bootstrap/bootstrap/bootstrap?/wp-content/plugins/contact-form-7/?ver='></script>"),
    "json": "<script type=application/ld+json>" + "[" * 200_000,
    "json digits": "<script type=application/ld+json>" + "9" * 200_000,
}


@pytest.mark.parametrize("kind", LONG)
def test_no_page_takes_long(kind: str) -> None:
    body = LONG[kind].encode()
    begun = time.thread_time()
    page = read(body)
    assert time.thread_time() - begun < 3
    assert sum(map(len, page.links)) < 300_000
    assert len(page.emails) <= 50


@settings(max_examples=300)
@given(
    st.text(alphabet=st.sampled_from("<>/=!-\"' &#;@+.:abtscriplen0\x00\ud800\n"), max_size=200)
    | st.binary(max_size=200)
)
def test_any_bytes_can_be_read(markup: str | bytes) -> None:
    body = markup.encode("utf-8", "surrogatepass") if isinstance(markup, str) else markup
    read_page(b"<a href='" + body, HOME)
    read_page(b'<script type=application/ld+json>{"logo": "' + body, HOME)
    read_page(body, HOME)
