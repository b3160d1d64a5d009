"""What the environment says of an identity provider, made ready for the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.settings import Settings
    from service.access.oidc import OidcClient

NAMES = ("ISSUER", "CLIENT_ID", "SECRET", "CALLBACK")


def oidc_client(settings: Settings) -> OidcClient | None:
    """What this service is to the provider; None where none is set.

    Raises:
        InputError: only some of the variables are set, or an address is not https.
        SourceRefused: the secret's reference leads nowhere, or to a file that others may read.

    """
    told = [
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_secret,
        settings.oidc_callback,
    ]
    if not any(told):
        return None
    from connectors.sources.declaration import SecretRef
    from connectors.sources.secrets import reveal
    from household.errors import InputError
    from pipelines.outside import outside_now
    from service.access.oidc import OidcClient

    missing = [f"HEDUI_OIDC_{name}" for name, value in zip(NAMES, told, strict=True) if not value]
    if missing:
        raise InputError(
            f"统一身份认证缺少 {'、'.join(missing)}", "请补齐，或取消全部 HEDUI_OIDC_ 变量"
        )
    issuer, client_id, secret, callback = (str(one) for one in told)
    for name, address in (("ISSUER", issuer), ("CALLBACK", callback)):
        if not address.startswith("https://"):
            raise InputError(f"HEDUI_OIDC_{name} 不是 https 地址", "请给出 https:// 开头的完整地址")
    kind, _, place = secret.partition(":")
    if kind not in ("env", "file", "mount") or not place:
        raise InputError(
            "HEDUI_OIDC_SECRET 不是密钥引用", "请写成 env:变量名、file:文件路径 或 mount:名称"
        )
    found = reveal(SecretRef.model_validate({kind: place}), outside_now(mounts=settings.secrets))
    return OidcClient(issuer, client_id, found.get_secret_value(), callback, settings.oidc_ca)
