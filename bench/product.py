"""The product as gunicorn takes it."""

from lagesbild.app import create_app
from lagesbild.base.settings import Settings

app = create_app(Settings())
