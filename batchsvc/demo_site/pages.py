"""The pages of the demonstration's websites."""

from __future__ import annotations

from string import Template

_PAGE = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<title>$title</title>
<meta name="description" content="$description">
<link rel="icon" href="/favicon.ico">
$head
</head>
<body class="$classes">
<header><a class="logo" href="/"><img src="/logo.svg" alt="$title"></a></header>
<main>$body</main>
</body>
</html>
""")

_WORDPRESS = """<meta name="generator" content="WordPress 6.8.1">
<link rel="https://api.w.org/" href="/wp-json/">
<link rel="stylesheet" href="/wp-content/themes/hearth/style.css?ver=2.3">"""


def page(
    title: str, body: str, *, description: str = "", language: str = "en", head: str = "", classes: str = ""
) -> str:
    """Return a page; the body and the head are markup."""
    return _PAGE.substitute(
        title=title, body=body, description=description, language=language, head=head, classes=classes
    )


# Host → path → page.
SITES: dict[str, dict[str, str]] = {
    "bakery.test": {
        "/": page(
            "Old Mill Bakery",
            '<h1>Bread since 1931</h1><p><a href="/contact/">Contact</a> <a href="/bread/">Bread</a></p>'
            '<a href="https://www.instagram.com/oldmillbakery/">Instagram</a>',
            description="Sourdough, rye and rolls from a wood-fired oven.",
            head=_WORDPRESS
            + '\n<meta name="generator" content="Elementor 3.29.0">\n'
            + "<!-- This site is optimized with the Yoast SEO plugin v25.3 -->",
            classes="home elementor-default",
        ),
        "/contact/": page(
            "Contact - Old Mill Bakery",
            '<div class="wpcf7"></div><p>orders@bakery.test, <a href="tel:+44-20-7946-0101">+44 20 7946 0101</a></p>',
            head=_WORDPRESS,
        ),
        "/bread/": page("Bread - Old Mill Bakery", "<ul><li>Rye<li>Spelt</ul>", head=_WORDPRESS),
    },
    "shop.test": {
        "/": page(
            "Lantern & Rope".replace("&", "&amp;"),
            '<a href="/catalogue/1">Catalogue</a><a href="https://www.facebook.com/lanternandrope">Facebook</a>',
            description="Things for boats.",
            head=_WORDPRESS
            + '\n<meta name="generator" content="WooCommerce 9.9.3">\n'
            + '<link rel="stylesheet" href="/wp-content/themes/Divi/style.css">',
            classes="woocommerce woocommerce-page et_pb_pagebuilder_layout",
        ),
        **{
            f"/catalogue/{number}": page(
                f"Catalogue, page {number}",
                f'<a href="/catalogue/{number + 1}">next</a> <a href="mailto:sales@shop.test">Ask us</a>',
                head=_WORDPRESS,
            )
            for number in range(1, 6)
        },
    },
    "xn--bcherwurm-q9a.test": {
        "/": page(
            "Bücherwurm",
            "<p>Antiquariat in der Altstadt. Telefon +49 30 5550123, post@buecherwurm.test</p>",
            description="Gebrauchte Bücher, an- und verkauft.",
            language="de-DE",
        ),
    },
    "studio.test": {
        "/": page(
            "Studio North",
            '<script type="application/ld+json">{"@type": "Organization", "email": "hello@studio.test", '
            '"sameAs": ["https://www.linkedin.com/company/studio-north", "https://www.youtube.com/@studionorth"]}</script>',
            description="Architecture.",
            head='<script src="/_next/static/chunks/main.js"></script>',
        ),
    },
    "slow.test": {"/": page("Slow but sure", "<p>This page takes three seconds.</p>")},
    "private.test": {"/": page("Not for programs", "<p>Its robots.txt says so.</p>")},
}
