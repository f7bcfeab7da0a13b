"""The pages of the letters."""

from lagesbild.digests.web import acting, editing, known, questions, recipients, settling
from lagesbild.digests.web.beside import beside_start
from lagesbild.digests.web.pages import bp
from lagesbild.digests.web.proposing import bp as proposals

# What stands around the letter.
AROUND = (recipients.bp, questions.bp, settling.bp, known.bp, acting.bp, editing.bp)

__all__ = ["AROUND", "beside_start", "bp", "proposals"]
