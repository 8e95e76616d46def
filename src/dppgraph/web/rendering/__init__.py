"""What pages are made with: templates, words in two languages, and the files beside them."""

from dppgraph.web.rendering.assets import Asset, asset, assets, frozen_assets
from dppgraph.web.rendering.environment import FOLDER as TEMPLATES
from dppgraph.web.rendering.environment import environment
from dppgraph.web.rendering.filters import followed, slug
from dppgraph.web.rendering.words import translations

__all__ = ["TEMPLATES", "Asset", "asset", "assets", "environment", "followed", "frozen_assets", "slug", "translations"]
