"""What every request passes before its page: bytes, bounds, middleware, the page cache.

For others: `bounds`, `middleware`, `page_cache`, `protocol`, `traffic`.
"""
