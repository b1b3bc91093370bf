"""The province's escrow key: made offline, kept as three cards of words, of which any two give it back (SLIP-39)."""

from collections.abc import Sequence
from hashlib import blake2b

from nacl.public import PrivateKey
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

from bot.sealing import Keys, fresh_keys

CARDS = 3
NEEDED = 2
MARK = "binhan-escrow-1"  # the first word of the file that the server is given
UNIQUE = 4  # letters by which each word of the list is known


class BadCards(Exception):
    """These words are not two cards of one key; the message says what is wrong."""


def fresh() -> tuple[Keys, tuple[str, ...]]:
    """A new key, and its cards."""
    keys = fresh_keys()
    [cards] = generate_mnemonics(1, [(NEEDED, CARDS)], keys.private)
    return keys, tuple(cards)


def restored(cards: Sequence[str]) -> Keys:
    """The key of two cards; BadCards where they are mistyped or of different keys."""
    try:
        private = combine_mnemonics([whole_words(card) for card in cards])
    except (MnemonicError, ValueError) as error:
        raise BadCards(str(error)) from None
    return Keys(bytes(PrivateKey(private).public_key), private)


def whole_words(card: str) -> str:
    """A card as typed, its words cut to four letters or whole."""
    known = {word[:UNIQUE]: word for word in WORDLIST}
    return " ".join(known.get(word[:UNIQUE], word) for word in card.lower().split())


def fingerprint(pub: bytes) -> str:
    """Six groups of four digits that two people compare; the twin of `fingerprint` in keys.js."""
    digest = blake2b(pub, digest_size=32).digest()
    pairs = zip(digest[0:12:2], digest[1:12:2], strict=True)
    return " ".join(f"{(high << 8 | low) % 10000:04d}" for high, low in pairs)


def to_file(pub: bytes) -> str:
    """The line that is carried from the offline machine to the server."""
    return f"{MARK} {pub.hex()}\n"


def from_file(text: str) -> bytes | None:
    """The public key of such a line; None where it is none."""
    mark, _, digits = text.strip().partition(" ")
    try:
        pub = bytes.fromhex(digits)
    except ValueError:
        return None
    return pub if mark == MARK and len(pub) == 32 else None
