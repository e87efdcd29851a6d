"""Ages rest on the years of sale that a workspace knows, before the shipped ones."""

from __future__ import annotations

from datetime import date

from analysis.ageing import ages
from inventory.lifecycle.policies import policies

TODAY = date(2026, 11, 22)


def test_an_age_rests_on_the_workspaces_years_of_sale(tmp_path, make_frame, make_device):
    (tmp_path / "models_sold.csv").write_text("vendor,model_glob,first_year,last_year\nAcme,Z9*,2012,2012\n")
    devices = make_frame("devices", [make_device(1, vendor="Acme", model="Z9000", serial=None)])
    told = ages(devices, TODAY, policies=policies(tmp_path, TODAY)).iloc[0]
    assert "sold" in told["basis"]
    assert 13.5 < told["years"] < 15.5
    assert "sold" not in ages(devices, TODAY).iloc[0]["basis"]
