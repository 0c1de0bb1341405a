"""The Merkle tree: roots as the RFC defines them, proofs that hold for what they prove and for nothing else."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposer.provenance import merkle

ENTRIES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The entries and roots that implementations of Certificate Transparency test themselves with."""


def by_definition(entries: list[bytes]) -> bytes:
    """Return the root by the recursion of section 2.1."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\0" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return hashlib.sha256(b"\1" + by_definition(entries[:split]) + by_definition(entries[split:])).digest()


def hashed(entries: list[bytes]) -> list[bytes]:
    return [merkle.leaf_of(entry) for entry in entries]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert merkle.root_of(hashed(ENTRIES[:size])).hex() == ROOTS[size - 1]


def test_a_tree_without_entries_has_the_root_of_nothing() -> None:
    assert merkle.root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_a_root_is_what_the_definition_says(entries: list[bytes]) -> None:
    assert merkle.root_of(hashed(entries)) == by_definition(entries)


@pytest.mark.parametrize("size", [*range(1, 20), 64, 65, 100])
def test_every_entry_has_a_proof_and_no_other_entry_fits_it(size: int) -> None:
    entries = [bytes([number]) for number in range(size)]
    root = merkle.root_of(hashed(entries))
    for index, entry in enumerate(entries):
        proof = merkle.inclusion(hashed(entries), index)
        assert proof.root == root
        assert proof.verify(entry, root)
        assert not proof.verify(entry + b"x")


CHANGES = {
    "another place": lambda proof: replace(proof, index=proof.index + 1),
    "a place before the first": lambda proof: replace(proof, index=-1),
    "a smaller tree": lambda proof: replace(proof, size=4),
    "a larger tree": lambda proof: replace(proof, size=9),
    "another leaf": lambda proof: replace(proof, leaf=bytes(32)),
    "a step missing": lambda proof: replace(proof, path=proof.path[:-1]),
    "a step too many": lambda proof: replace(proof, path=(*proof.path, bytes(32))),
    "steps exchanged": lambda proof: replace(proof, path=proof.path[::-1]),
    "another root": lambda proof: replace(proof, root=bytes(32)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_proof_proves_nothing(change: Callable[[merkle.Proof], merkle.Proof]) -> None:
    proof = merkle.inclusion(hashed(ENTRIES), 3)
    assert proof.verify(ENTRIES[3])
    assert not change(proof).verify(ENTRIES[3])


def test_a_proof_holds_only_for_the_root_that_is_trusted() -> None:
    proof = merkle.inclusion(hashed(ENTRIES), 3)
    assert not proof.verify(ENTRIES[3], merkle.root_of(hashed(ENTRIES[:7])))


@pytest.mark.parametrize("index", [-1, 8])
def test_a_place_without_a_leaf_has_no_proof(index: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion(hashed(ENTRIES), index)


def test_a_tree_extends_each_of_its_beginnings_and_nothing_else() -> None:
    leaves = hashed(ENTRIES)
    for size in range(9):
        assert merkle.extends(leaves, size, merkle.root_of(leaves[:size]))
    assert not merkle.extends(leaves[:3], 4, merkle.root_of(leaves[:4]))  # a cut tail
    assert not merkle.extends([leaves[1], leaves[0], *leaves[2:]], 2, merkle.root_of(leaves[:2]))
    assert not merkle.extends(leaves, -1, merkle.root_of(leaves[:-1]))
