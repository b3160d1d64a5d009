"""The key of the seal: made once, kept to its owner, read again, and refused with one line where it is none."""

from __future__ import annotations

import os
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from household.errors import InputError, OutsideError
from service.reports.checking import trusted_keys
from service.reports.seal_keys import (
    FOLDER,
    PUBLIC,
    SECRET,
    public_pem,
    read_public,
    read_signer,
    signer_beside,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = signer_beside(tmp_path / "c.store", None, token_bytes=os.urandom)
    again = signer_beside(tmp_path / "c.store", None, token_bytes=os.urandom)
    assert first.public_key == again.public_key
    kept = tmp_path / "c.store" / FOLDER
    assert stat.S_IMODE((kept / SECRET).stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert read_public(kept / PUBLIC) == first.public_key
    assert sorted(p.name for p in kept.iterdir()) == [SECRET, PUBLIC]


def test_of_many_who_make_a_key_at_once_all_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(
                lambda _: signer_beside(tmp_path, None, token_bytes=os.urandom).public_key,
                range(16),
            )
        )
    assert len(set(made)) == 1
    assert read_public(tmp_path / FOLDER / PUBLIC) == made[0]


def test_a_configured_key_goes_first(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    file = tmp_path / "key.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    signer = signer_beside(tmp_path / "c.store", file, token_bytes=os.urandom)
    assert signer.sign(b"m") == key.sign(b"m")
    assert not (tmp_path / "c.store").exists()


def test_what_is_no_key_is_refused_without_being_quoted(tmp_path: Path) -> None:
    other = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    locked = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")
    )
    for data, said in (
        (b"secret words", "不是印章私钥"),
        (other, "不是 Ed25519 或 SM2"),
        (locked, "口令"),
    ):
        (tmp_path / "k.pem").write_bytes(data)
        with pytest.raises(InputError, match=said) as error:
            read_signer(tmp_path / "k.pem")
        assert "secret" not in str(error.value)
    with pytest.raises(InputError, match="无法读取"):
        read_signer(tmp_path / "none.pem")


def test_public_keys_are_those_that_openssl_writes(tmp_path: Path) -> None:
    signer_beside(tmp_path, None, token_bytes=os.urandom)
    kept = tmp_path / FOLDER
    said = subprocess.run(
        ["openssl", "pkey", "-in", kept / SECRET, "-pubout"], capture_output=True, check=True
    )
    assert said.stdout == (kept / PUBLIC).read_bytes()
    assert public_pem(read_public(kept / PUBLIC)) == said.stdout


def test_trust_is_read_from_files_and_a_folder(tmp_path: Path) -> None:
    keys = [signer_beside(tmp_path / n, None, token_bytes=os.urandom).public_key for n in "ab"]
    folder = tmp_path / "trust"
    folder.mkdir()
    with pytest.raises(InputError, match="没有公钥"):
        trusted_keys([], folder)
    (folder / "a.pem").write_bytes(public_pem(keys[0]))
    assert trusted_keys([tmp_path / "b" / FOLDER / PUBLIC], folder) == frozenset(keys)
    (folder / "broken.pem").write_bytes(
        b"-----BEGIN PUBLIC KEY-----\n!!\n-----END PUBLIC KEY-----\n"
    )
    with pytest.raises(InputError, match=r"broken\.pem"):
        trusted_keys([], folder)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutsideError, match="无法写入"):
        signer_beside(tmp_path / "file", None, token_bytes=os.urandom)
