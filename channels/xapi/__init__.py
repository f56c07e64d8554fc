"""The interface of X as it is: its calls, limits and refusals, and what it tells in any of its spellings.

What we do with it stands in `channels.x`.
"""
