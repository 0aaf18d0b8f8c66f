"""Making files that libspane reads: `spane.convert.torch` and `spane.convert.rewrite`.

Neither needs the library.
"""
