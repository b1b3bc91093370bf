"""The knowledge as shipped, read once a process, for all tests that only ask it."""

from handlers.answer import Answerer
from knowledge.load import load_knowledge
from knowledge.search import Search

KNOWLEDGE = load_knowledge()
ARTICLES = KNOWLEDGE.articles
SEARCH = Search(KNOWLEDGE.searched())
ANSWERER = Answerer(KNOWLEDGE, SEARCH.learned)
