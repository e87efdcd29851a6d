"""Columns of the frames that condition makes: `condition` and `unmeasured`."""

from __future__ import annotations

from inventory.frames.columns import Column

CONDITION = (
    Column("device", "string", "device"),
    Column("office", "string", "its office"),
    Column(
        "kind",
        "string",
        "port_errors, flapping, reboots, too_hot, fan_failed, supply_failed, disk_failing, disk_worn, disk_old, battery_weak, "
        "battery_old, ups_overloaded, pages_past_duty, kit_due, toner_low, memory_full, storage_full, storage_filling, cpu_busy",
    ),
    Column("severity", "string", "high, medium, low"),
    Column(
        "part",
        "string",
        "what is to be looked at or replaced: device, cable, battery, disk, fan, supply, printer_kit, toner, memory, storage",
    ),
    Column("item", "string", "which of several: a port, a disk, a toner, a volume; NA = there is one"),
    Column("value", "Float64", "what was measured, in `unit`; NA = the device tells a state and no number"),
    Column(
        "unit",
        "string",
        "per_million, scans, restarts, celsius, count, percent, hours, years, minutes, pages_a_month, pages, days; NA = a state",
    ),
    Column("limit", "Float64", "from where on it is found, in `unit`"),
    Column("trend", "told", "how it was before; NA = one reading, or it does not move"),
    Column("why", "told", "what was found, with value, unit and limit"),
    Column("first", "told", "what to do first"),
    Column("read_at", "time", "when it was read"),
    Column("since", "time", "the first of the readings in a row that show it; NA = only the last one is known"),
)

UNMEASURED = (
    Column("device", "string", "device"),
    Column("office", "string", "its office"),
    Column(
        "what",
        "string",
        "disk_health, temperature, fan_state, supply_state, battery, battery_age, pages, page_duty, supplies, storage, memory, "
        "processor, port_errors, reboots, trends",
    ),
    Column("why", "told", "what is missing, and how it can be measured"),
)
