"""A seal is whole or refused, proves each book in it, and is checked by a program that knows nothing of ours.

What it holds the books to is in `test_rows.py` and `test_every_column.py`; this is the file itself, the
commands, and who gets it.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.recharges import place as places
from tests.support.verifier import VERIFIER, verifier
from tests.support.worker import working
from tests.tampering.scene import Scene
from topup import clock
from topup.ledger import merkle
from topup.reconciliation.seals import document, keeping, making
from topup.reconciliation.seals.document import Seal, SealError

OTHER_KEY = "ab" * 32


def topup(scene: Scene, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    installation = scene.place.installation
    return subprocess.run(
        installation.command(*words), env=installation.environment(**settings), cwd=installation.home,
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def file(scene: Scene) -> Path:
    return making.make(scene.config, now_us=clock.now_us())


def a_tree(count: int) -> tuple[list[bytes], list[list[bytes]]]:
    leaves = [f"leaf {number}".encode() for number in range(count)]
    return leaves, merkle.levels(leaves)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 100])
def test_every_leaf_of_a_tree_leads_to_its_root_and_no_other_does(count: int) -> None:
    leaves, tree = a_tree(count)

    for place, leaf in enumerate(leaves):
        steps = merkle.path(tree, place)
        assert merkle.root_of(leaf, steps) == tree[-1][0]
        assert merkle.root_of(b"another", steps) != tree[-1][0]


def test_the_tree_is_that_of_the_rfc() -> None:
    """The root of seven leaves as RFC 9162, section 2.1.5, draws it."""
    leaves, tree = a_tree(7)
    d = [merkle.leaf_hash(leaf) for leaf in leaves]
    node = merkle.node_hash

    left = node(node(d[0], d[1]), node(d[2], d[3]))
    assert tree[-1][0] == node(left, node(node(d[4], d[5]), d[6]))


def test_a_seal_says_how_far_each_book_is(scene: Scene) -> None:
    (book,) = keeping.read(making.make(scene.config, now_us=clock.now_us())).books()
    row = scene.place.owner.execute(
        "SELECT seq, available, held, funded, sold, adjusted, head_hash FROM ledger.book"
    ).fetchone()

    assert (book.seller_id, *book[2:9]) == (scene.seller, *(row or ()))


def test_each_seal_names_the_one_before_it(scene: Scene, file: Path) -> None:
    before = keeping.all_of(scene.config)[-1]
    following = keeping.read(making.make(scene.config, now_us=clock.now_us())).head

    assert following.previous == document.name_of(keeping.head_of(before))


def test_a_seal_that_goes_on_from_another_is_the_same_as_one_made_anew(scene: Scene, file: Path) -> None:
    after = keeping.read(making.make(scene.config, now_us=clock.now_us()))
    aside = file.parent.rename(file.parent.with_name("aside"))
    anew = keeping.read(making.make(scene.config, now_us=clock.now_us()))
    shutil.rmtree(file.parent)
    aside.rename(file.parent)

    assert anew.head.previous == document.NO_SEAL
    assert after.leaves == anew.leaves


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "a book": lambda text: text.replace(b" IRR ", b" USD ", 1),
    "a digit": lambda text: text[:-2] + (b"0" if text[-2:-1] != b"0" else b"1") + b"\n",
    "its time": lambda text: text.replace(b'"made_at":"20', b'"made_at":"19', 1),
    "a line more": lambda text: text + text.splitlines()[-1] + b"\n",
    "a line less": lambda text: text.splitlines()[0] + b"\n",
    "another file": lambda text: b"something else",
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_seal_that_was_changed_is_refused_by_us_and_by_the_verifier(
    name: str, seal: Seal, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.seal"
    changed.write_bytes(DAMAGE[name](document.written(seal.head, seal.leaves)))

    with pytest.raises(SealError):
        keeping.read(changed)
    assert verifier(changed).returncode != 0


def test_a_seal_signed_anew_by_another_key_is_refused_where_the_key_is_known(
    scene: Scene, file: Path
) -> None:
    known = topup(scene, "seal", "--public-key").stdout.strip()

    assert verifier(file, "--key", known).stdout.startswith("RIGHT")
    assert "not by the one that you named" in verifier(file, "--key", OTHER_KEY).stderr
    assert topup(scene, "verify", "--seal", str(file), "--key", OTHER_KEY).returncode == 3


def test_the_key_is_readable_by_its_owner_alone(scene: Scene, file: Path) -> None:
    assert (file.parent / keeping.KEY_NAME).stat().st_mode & 0o777 == 0o600


def statement(scene: Scene) -> dict[str, Any]:  # a JSON object
    return scene.place.shops[0].read("/api/v1/statement")


def test_a_statement_carries_the_proof_that_its_book_is_sealed(
    scene: Scene, file: Path, tmp_path: Path
) -> None:
    told = statement(scene)
    kept = tmp_path / "statement.json"
    kept.write_text(json.dumps(told))

    ran = verifier(kept, "--key", keeping.public_key(scene.config))
    closing = told["closing"]
    sums = f"available {closing['available']}, held {closing['held']}"
    assert ran.returncode == 0, ran.stderr
    assert f"seller {scene.seller} was at version {closing['version']}, IRR {sums}" in ran.stdout


def test_a_proof_of_another_balance_is_refused(scene: Scene, file: Path, tmp_path: Path) -> None:
    told = statement(scene)["seal"]
    told["leaf"] = told["leaf"].replace(" IRR ", " IRR 1", 1)
    (tmp_path / "proof.json").write_text(json.dumps(told))

    assert "the path does not lead" in verifier(tmp_path / "proof.json").stderr


def test_the_proof_of_a_book_among_many_is_read_by_a_few_seeks(scene: Scene, tmp_path: Path) -> None:
    config = msgspec.structs.replace(scene.config, topup_home=str(tmp_path))
    book = keeping.read(making.make(scene.config, now_us=clock.now_us())).books()[0]
    leaves = [document.leaf_of(book._replace(seller_id=number)) for number in range(3, 300, 3)]
    tree = merkle.levels(leaves)
    key = keeping.key(config)
    made_at = clock.rfc3339(clock.now_us())
    head = document.sign(key=key, made_at=made_at, leaves=leaves, root=tree[-1][0], previous=document.NO_SEAL)
    keeping.keep(config, head, leaves, tree)

    for number in (3, 150, 297):
        proof = keeping.inclusion(config, seller_id=number, currency="IRR")
        (tmp_path / "proof.json").write_bytes(msgspec.json.encode(proof))
        assert f"seller {number} " in verifier(tmp_path / "proof.json").stdout
    assert keeping.inclusion(config, seller_id=4, currency="IRR") is None
    assert keeping.inclusion(config, seller_id=3, currency="USD") is None


SPOILT: dict[str, Callable[[Path], object]] = {
    "no tree": lambda seal: seal.with_suffix(".tree").unlink(),
    "an empty tree": lambda seal: seal.with_suffix(".tree").write_bytes(b""),
    "a tree cut off": lambda seal: os.truncate(seal.with_suffix(".tree"), 20),
    "another tree": lambda seal: seal.with_suffix(".tree").write_bytes(bytes(500)),
    "another sum": lambda seal: seal.write_bytes(seal.read_bytes().replace(b" IRR ", b" IRR 1", 1)),
    "a seal cut off": lambda seal: os.truncate(seal, 100),
}


@pytest.mark.parametrize("name", SPOILT)
def test_no_proof_is_handed_out_that_does_not_hold(name: str, scene: Scene, tmp_path: Path) -> None:
    config = msgspec.structs.replace(scene.config, topup_home=str(tmp_path))
    seal = making.make(scene.config, now_us=clock.now_us())
    shutil.copytree(seal.parent, tmp_path / "seals")
    SPOILT[name](tmp_path / "seals" / seal.name)

    assert keeping.inclusion(scene.config, seller_id=scene.seller, currency="IRR") is not None
    assert keeping.inclusion(config, seller_id=scene.seller, currency="IRR") is None


def test_a_days_seal_is_made_once(scene: Scene, file: Path) -> None:
    before = keeping.all_of(scene.config)
    ran = topup(scene, "seal", "--daily")

    assert (ran.returncode, ran.stdout, keeping.all_of(scene.config)) == (0, "", before)


def test_the_worker_makes_the_days_seal(scene: Scene, file: Path) -> None:
    aside = file.parent.rename(file.parent.with_name("aside"))
    try:
        with working(scene.place.installation):
            places.wait(lambda: len(keeping.all_of(scene.config)) == 1, what="the worker sealed the books")
        assert keeping.read(keeping.all_of(scene.config)[0]).head.books == 1
    finally:
        shutil.rmtree(file.parent, ignore_errors=True)
        aside.rename(file.parent)


def test_verify_holds_the_books_to_a_seal(scene: Scene, file: Path) -> None:
    ran = topup(scene, "verify", "--seal", str(file))

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "held to the seal of" in ran.stdout
    assert "all verified" in ran.stdout


def test_verify_says_what_is_wrong_and_where(scene: Scene, tampered: Any) -> None:
    with tampered(f"UPDATE recharges.recharge SET amount = 1 WHERE id = '{scene.ids['instant']}'"):
        ran, as_json = topup(scene, "verify"), topup(scene, "verify", "--format", "json")

    assert ran.returncode == as_json.returncode == 2
    assert f"fact_differs at 2 in recharges.recharge {scene.ids['instant']}: amount is 1" in ran.stdout
    assert json.loads(as_json.stdout.splitlines()[0])["found"][0]["flaw"] == "fact_differs"


def test_verify_of_nobody_says_so(scene: Scene) -> None:
    ran = topup(scene, "verify", "--seller", "77")

    assert (ran.returncode, ran.stderr) == (3, "topup: there is no seller 77.\n")


def test_the_verifier_is_short_and_needs_only_python_and_cryptography() -> None:
    text = VERIFIER.read_text(encoding="utf-8")
    imported = {
        line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))
    }

    assert len(text.splitlines()) < 100
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}
