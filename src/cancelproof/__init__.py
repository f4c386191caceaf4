"""cancelproof: you cancelled it; can you prove it?"""

__version__ = "0.1.0"
