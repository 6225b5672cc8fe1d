"""The pieces that ejected scripts are made of: ordinary code in the lecture's manner, taken over as it stands here.

Each reads settings, generator and data as names that stand above it in the script; for the tools that check this
folder they come from given.py. A script takes what its run needs, and nothing else.
"""
