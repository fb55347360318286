"""Databases of earlier versions, continued by this one."""
