"""The first round trip: the system group, and one row of a column from each table, which tells what the agent has.

A table whose probe found nothing is not walked; a device that has nothing to tell is asked twice.
"""

from __future__ import annotations

from collectors import mibs
from collectors.asking import Answers, Get, Oid, Request, Walk
from inventory.facts import Outcome

SYSTEM = Get(
    (
        mibs.SYS_DESCR,
        mibs.SYS_OBJECT_ID,
        mibs.SYS_UP_TIME,
        mibs.SYS_CONTACT,
        mibs.SYS_NAME,
        mibs.SYS_LOCATION,
        mibs.SNMP_ENGINE_ID,
        mibs.SNMP_ENGINE_TIME,
        mibs.IF_NUMBER,
        mibs.DOT1D_BASE_BRIDGE_ADDRESS,
        mibs.DOT1D_BASE_NUM_PORTS,
        mibs.UPS_MANUFACTURER,
        mibs.UPS_MODEL,
        mibs.UPS_SOFTWARE,
        mibs.UPS_AGENT_SOFTWARE,
        mibs.LLDP_LOC_CHASSIS_ID,
        mibs.LLDP_LOC_SYS_DESC,
    )
)

#: Not every agent has the first column of a table, so the probes are columns that are asked for anyway.
PROBES = Walk(
    (
        mibs.IF_DESCR,
        mibs.IF_NAME,
        mibs.IF_HC_IN_OCTETS,
        mibs.IP_AD_ENT_IF_INDEX,
        mibs.IP_ADDRESS_IF_INDEX,
        mibs.IP_NET_TO_MEDIA_PHYS,
        mibs.IP_NET_TO_PHYSICAL_PHYS,
        mibs.DOT3_DUPLEX,
        mibs.AGGREGATE_OF_PORT,
        mibs.PSE_POWER,
        mibs.DOT1D_BASE_PORT_IF_INDEX,
        mibs.DOT1D_STP_PORT_STATE,
        mibs.DOT1Q_TP_FDB_PORT,
        mibs.HR_STORAGE_DESCR,
        mibs.HR_DEVICE_DESCR,
        mibs.HR_PROCESSOR_LOAD,
        mibs.PRT_MARKER_LIFE_COUNT,
        mibs.PRT_GENERAL_SERIAL,
        mibs.PRT_SUPPLY_DESCR,
        mibs.ENT_DESCR,
        mibs.ENT_NAME,
        mibs.ENT_SERIAL,
        mibs.ENT_MODEL_NAME,
        mibs.SENSOR_TYPE,
        mibs.LLDP_LOC_PORT_ID,
        mibs.LLDP_REM_PORT_ID,
        mibs.LLDP_V2_REM_PORT_ID,
        mibs.CDP_CACHE_DEVICE_ID,
        mibs.ENTERPRISES,  # what comes first there: makers' tables that would stand before it are not there
    ),
    limit=1,
)

FIRST_ROUND: tuple[Request, ...] = (SYSTEM, PROBES)


def has(answers: Answers, *columns: Oid) -> bool:
    """Whether any of the columns has a row. An agent that choked on the probes may have anything: then yes."""
    if answers.outcomes.get(PROBES) not in (Outcome.ANSWERED, Outcome.PARTIAL, Outcome.LOOPED):
        return True
    return any(answers.column(column) for column in columns)


def told(answers: Answers, *columns: Oid) -> bool:
    """Whether any of the columns is known to have a row."""
    return any(answers.column(column) for column in columns)
