"""The Next character page: the word being typed, and the views below it, one file each.

A view has draw(snapshot, trained, question), which is called with every refresh.
"""
