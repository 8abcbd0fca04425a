"""Figures: pure geometry, drawn by the templates."""
