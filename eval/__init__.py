"""Gold questions and what is measured with them.

Write ``from eval.gold import ...``: a bare ``import eval`` hides the builtin of that name.
"""
