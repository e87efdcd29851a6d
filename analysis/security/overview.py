"""Exposures counted for a reader: by kind, by office, by credential."""

from __future__ import annotations

import pandas as pd

#: Ways in that a secret which makers ship opens.
_SHIPPED = ("default_community", "default_login")
_GRAVEST = ("high", "medium", "low")


def from_on(exposures: pd.DataFrame, least: str) -> pd.DataFrame:
    """Those that are at least so grave."""
    return exposures[exposures["severity"].isin(_GRAVEST[: _GRAVEST.index(least) + 1])].reset_index(drop=True)


def of_kind(exposures: pd.DataFrame, *kinds: str) -> pd.DataFrame:
    return exposures[exposures["kind"].isin(kinds)].reset_index(drop=True)


def shipped(rows: pd.DataFrame) -> pd.DataFrame:
    """Of exposures, or of `by_credential`, those of secrets that makers ship."""
    return of_kind(rows, *_SHIPPED)


def by_kind(exposures: pd.DataFrame) -> pd.DataFrame:
    """kind, severity, devices, offices, first: a row a kind and severity, the gravest and most frequent first."""
    groups = exposures.groupby(["kind", "severity"], sort=True)
    table = groups.agg(devices=("device", "nunique"), offices=("office", "nunique"), first=("first", _usual)).reset_index()
    order = table["severity"].map(_GRAVEST.index)
    table = table.assign(order=order).sort_values(["order", "devices", "kind"], ascending=[True, False, True], ignore_index=True)
    return table.drop(columns="order").astype({"devices": "Int64", "offices": "Int64", "first": "string"})


def _usual(values: pd.Series) -> object:
    """What is most often advised."""
    return values.value_counts(sort=True).sort_index().idxmax()


def by_credential(exposures: pd.DataFrame) -> pd.DataFrame:
    """credential, kind, severity, devices, offices: communities that everybody knows, then those that are shared."""
    told = of_kind(exposures, *_SHIPPED, "shared_community")
    groups = told.groupby(["credential", "kind", "severity"], sort=True)
    table = groups.agg(devices=("device", "nunique"), offices=("office", "nunique")).reset_index()
    order = table["severity"].map(_GRAVEST.index)
    table = table.assign(order=order).sort_values(["order", "devices"], ascending=[True, False], kind="stable", ignore_index=True)
    return table.drop(columns="order").astype({"devices": "Int64", "offices": "Int64"})


def by_office(exposures: pd.DataFrame, devices: pd.DataFrame) -> pd.DataFrame:
    """office, devices, high, medium, low, none: devices by the gravest opening of each; the office with most grave ones first.
    `devices`: those that are not gone."""
    gravest = exposures.assign(order=exposures["severity"].map(_GRAVEST.index)).groupby("device")["order"].min()
    names = [*_GRAVEST, "none"]
    of = devices["device"].map(gravest).fillna(len(_GRAVEST)).astype(int).map(dict(enumerate(names)))
    table = pd.crosstab(devices["office"], of).reindex(columns=names, fill_value=0)
    table = table.assign(devices=table.sum(axis=1)).rename_axis(columns=None).reset_index()[["office", "devices", *names]]
    table = table.sort_values(["high", "medium", "low", "office"], ascending=[False, False, False, True], ignore_index=True)
    return table.astype({"office": "string"} | dict.fromkeys(("devices", *names), "Int64"))
