"""The page's side of things: answers, evidence, charts and holdings as HTML, in the words of two languages.

Everything here is pure but ``routes``, which serves it. Reports, questions and file names are other people's text: each
piece goes through ``markup.escape`` exactly once.
"""
