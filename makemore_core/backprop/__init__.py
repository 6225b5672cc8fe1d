"""Backpropagation in the long form, after Karpathy's makemore, part 4: every intermediate by name, for every network
whose layers stand in pieces.py; and the short forms that the long ones come to.
"""
