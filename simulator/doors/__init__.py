"""Management of simulated devices that listens beside SNMP and SSH: Telnet, web pages, web pages with encryption of some age."""
