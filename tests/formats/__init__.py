"""Databases that earlier versions have made, run forward by this one."""
