"""What a site is made with, told by marks that its pages carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_VERSION = r"(?:[ /]v?\.?(\d+(?:\.\d+){0,3}))?"

# Name of a technology → where the mark stands → pattern; a first group is its version.
_GENERATORS = {
    "wordpress": rf"^wordpress(?:\.com)?{_VERSION}",
    "elementor": rf"^elementor{_VERSION}",
    "divi": rf"^divi{_VERSION}",
    "woocommerce": rf"^woocommerce{_VERSION}",
    "joomla": rf"^joomla!?{_VERSION}",
    "drupal": rf"^drupal{_VERSION}",
    "typo3": rf"^typo3(?: cms)?{_VERSION}",
    "wix": r"^wix\.com",
    "webflow": r"^webflow",
    "ghost": rf"^ghost{_VERSION}",
    "prestashop": r"^prestashop",
    "squarespace": r"^squarespace",
    "hugo": rf"^hugo{_VERSION}",
    "jekyll": rf"^jekyll{_VERSION}",
    "gatsby": rf"^gatsby{_VERSION}",
    "astro": rf"^astro{_VERSION}",
    "docusaurus": rf"^docusaurus{_VERSION}",
    "mediawiki": rf"^mediawiki{_VERSION}",
    "shopware": r"^shopware",
    "contao": r"^contao",
}
_URLS = {
    "wordpress": r"/wp-(?:content|includes)/",
    "elementor": r"/wp-content/plugins/elementor(?:-pro)?/",
    "divi": r"/wp-content/themes/divi/|/plugins/divi-builder/",
    "woocommerce": r"/wp-content/plugins/woocommerce/",
    "contact_form_7": r"/wp-content/plugins/contact-form-7/(?:[^?]*\?(?:.*&)?ver=([\d.]+))?",
    "yoast": r"/wp-content/plugins/wordpress-seo(?:-premium)?/",
    "wpforms": r"/wp-content/plugins/wpforms(?:-lite)?/",
    "gravity_forms": r"/wp-content/plugins/gravityforms/",
    "wpbakery": r"/wp-content/plugins/js_composer/",
    "beaver_builder": r"/wp-content/plugins/(?:bb-plugin|beaver-builder)",
    "shopify": r"//cdn\.shopify\.com/|/cdn/shop/",
    "wix": r"//static\.(?:wixstatic|parastorage)\.com/",
    "squarespace": r"//(?:static1|assets)\.squarespace\.com/",
    "webflow": r"//[^/]*\.(?:website-files|webflow)\.com/",
    "drupal": r"/sites/(?:default|all)/(?:files|themes|modules)/|/core/misc/drupal",
    "joomla": r"/media/(?:jui|system)/js/",
    "typo3": r"/typo3(?:temp|conf)/",
    "magento": r"/static/(?:version\d+/)?frontend/|/mage/",
    "prestashop": r"/modules/ps_[a-z]+/",
    "nextjs": r"/_next/(?:static|image)",
    "nuxt": r"/_nuxt/",
    "gatsby": r"/page-data/app-data\.json",
    "jquery": r"/jquery(?:[-.](\d+\.\d+(?:\.\d+)?))?(?:\.slim)?(?:\.min)?\.js",
    "bootstrap": r"/bootstrap(?:@(\d+\.\d+(?:\.\d+)?))?[^?#]{0,60}\.(?:css|js)",
    "font_awesome": r"/font-?awesome",
    "google_analytics": r"//(?:www|ssl)\.google-analytics\.com/|//www\.googletagmanager\.com/gtag/js",
    "google_tag_manager": r"//www\.googletagmanager\.com/(?:gtm\.js|ns\.html)",
    "google_fonts": r"//fonts\.(?:googleapis|gstatic)\.com",
    "recaptcha": r"//www\.(?:google\.com|recaptcha\.net)/recaptcha/",
    "facebook_pixel": r"//connect\.facebook\.net/[^/]+/fbevents\.js",
    "hotjar": r"//static\.hotjar\.com/",
    "hubspot": r"//js(?:-[a-z0-9]+)?\.hs-(?:scripts|analytics)\.(?:com|net)/",
    "matomo": r"/(?:matomo|piwik)\.js",
    "cookiebot": r"//consent\.cookiebot\.com/",
    "stripe": r"//js\.stripe\.com/",
}
_CLASSES = {
    "elementor": r"(?:^| )elementor(?:-[a-z]|$| )",
    "divi": r"(?:^| )(?:et_pb_|et_divi|et-db)",
    "woocommerce": r"(?:^| )woocommerce(?:-|$| )",
    "contact_form_7": r"(?:^| )wpcf7(?:-|$| )",
    "yoast": r"(?:^| )yoast-schema-graph",
    "wpforms": r"(?:^| )wpforms-(?:form|container)",
    "shopify": r"(?:^| )shopify-section",
}
_COMMENTS = {
    "yoast": r"\byoast seo (?:premium )?plugin(?: v([\d.]+))?",
    "wix": r"\bwix\.com website builder",
}
_ATTRIBUTES = {
    "angular": ("ng-version", r"^([\d.]+)$"),
    "webflow": ("data-wf-site", r""),
    "react": ("data-reactroot", r""),
    "alpinejs": ("x-data", r""),
}
_HEADERS = {
    "cloudflare": ("cf-ray", r""),
    "nginx": ("server", rf"^nginx{_VERSION}"),
    "apache": ("server", rf"^apache{_VERSION}"),
    "iis": ("server", rf"^microsoft-iis{_VERSION}"),
    "litespeed": ("server", r"^litespeed"),
    "php": ("x-powered-by", rf"\bphp{_VERSION}"),
    "aspnet": ("x-powered-by", r"\basp\.net"),
    "express": ("x-powered-by", r"^express"),
    "nextjs": ("x-powered-by", rf"^next\.js{_VERSION}"),
    "drupal": ("x-generator", rf"^drupal{_VERSION}"),
    "shopify": ("x-shopid", r""),
    "wix": ("x-wix-request-id", r""),
    "wordpress": ("link", r"rel=\"?https://api\.w\.org/"),
    "vercel": ("x-vercel-id", r""),
    "netlify": ("x-nf-request-id", r""),
}

_THEME = re.compile(r"/wp-content/themes/([A-Za-z0-9._-]{1,80})/")
# These files of WordPress itself carry its own version; many others carry that of a library.
_CORE_FILE = re.compile(
    r"/wp-includes/(?:js/wp-(?:emoji-release|embed)(?:\.min)?\.js|css/dist/block-library/[a-z.-]+\.css)"
    r"\?(?:.*&)?ver=(\d+\.\d+(?:\.\d+)?)"
)
_NEEDS_WORDPRESS = ("elementor", "woocommerce", "contact_form_7", "wpforms", "divi")


def _compiled(table: Mapping[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in table.items())


_BY_GENERATOR, _BY_URL = _compiled(_GENERATORS), _compiled(_URLS)
_BY_CLASS, _BY_COMMENT = _compiled(_CLASSES), _compiled(_COMMENTS)


@dataclass(slots=True)
class Technologies:
    """The technologies seen so far.

    Attributes:
        found: names, and what is known of each, such as ``version`` and ``theme``.
    """

    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)  # a page says the same things over and over

    def add(self, name: str, **facts: str | None) -> None:
        """Add a technology; what is known of it already stays."""
        known = self.found.setdefault(name, {})
        for fact, value in facts.items():
            if value:
                known.setdefault(fact, value)

    def merge(self, other: Technologies) -> None:
        """Add what was seen on another page."""
        for name, facts in other.found.items():
            self.add(name, **facts)

    def generator(self, content: str) -> None:
        """Take note of the content of ``<meta name="generator">``."""
        self._match(_BY_GENERATOR, content.strip()[:200])

    def url(self, address: str) -> None:
        """Take note of the address of a script, style sheet, picture or frame."""
        address = address[:500]
        self._match(_BY_URL, address)
        if theme := _THEME.search(address):
            self.add("wordpress", theme=theme[1])
        if core := _CORE_FILE.search(address):
            self.add("wordpress", version=core[1])

    def classes(self, names: str) -> None:
        """Take note of the content of an attribute ``class``."""
        names = names[:500]
        if names not in self._seen:
            self._seen.add(names)
            self._match(_BY_CLASS, names)

    def comment(self, text: str) -> None:
        """Take note of a comment."""
        self._match(_BY_COMMENT, text)

    def attributes(self, attributes: Mapping[str, str]) -> None:
        """Take note of a tag's attributes."""
        for name, (attribute, pattern) in _ATTRIBUTES.items():
            if attribute in attributes and (match := re.search(pattern, attributes[attribute][:100])):
                self.add(name, version=match[1] if match.re.groups else None)

    def headers(self, headers: Iterable[tuple[str, str]]) -> None:
        """Take note of the headers of the answer."""
        values: dict[str, str] = {}
        for key, value in headers:
            values[key.lower()] = f"{values.get(key.lower(), '')} {value}".strip()[:1000]
        for name, (header, pattern) in _HEADERS.items():
            if header in values and (match := re.search(pattern, values[header], re.IGNORECASE)):
                self.add(name, version=match[1] if match.re.groups else None)

    def concluded(self) -> dict[str, dict[str, Any]]:
        """Return all of them by name, those among them that follow from others."""
        if any(name in self.found for name in _NEEDS_WORDPRESS):
            self.add("wordpress")  # these work nowhere else
        return dict(sorted(self.found.items()))

    def _match(self, table: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> None:
        for name, pattern in table:
            if match := pattern.search(text):
                self.add(name, version=match[1] if pattern.groups else None)
