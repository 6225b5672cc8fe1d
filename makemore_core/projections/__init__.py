"""Vectors as points in the plane, several ways, and how far each way can be believed."""
