"""What is known: the mails kept, how far each folder is read, what the owner told. SQL lives only here.

Importing it loads SQLAlchemy (260 ms): import it where it is used.
"""

from cancelproof.ledger.store import Ledger, RulingRow, Run, Seen, ToldRow, open_ledger

__all__ = ["Ledger", "RulingRow", "Run", "Seen", "ToldRow", "open_ledger"]
