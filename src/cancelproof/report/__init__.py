"""Stage report: cases and readings to text, HTML and JSON."""
