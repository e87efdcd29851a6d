# Asks a Linux or Unix-like machine about itself; reads only. Sent on the standard input of `sh -s`, so nothing is left behind.
# Before this text the collector sets `mark`, a line that nothing else prints; every answer stands under "$mark name".
# Plain POSIX shell: old NAS boxes and OpenWrt have no python, jq or bash.
LC_ALL=C
PATH="$PATH:/usr/sbin:/sbin"
export LC_ALL PATH

section() { printf '\n%s %s\n' "$mark" "$1"; }

# A file's text; "denied" tells a file that only root may read from one that is not there.
file() {
    if [ -r "$2" ]; then
        section "$1"
        head -n 400 "$2" 2>/dev/null | tr -d '\000'
    elif [ -e "$2" ]; then
        section "$1 denied"
    fi
}

has() { command -v "$1" >/dev/null 2>&1; }

section hello
uname -s 2>/dev/null
section kernel
uname -r 2>/dev/null
section machine
uname -m 2>/dev/null
section hostname
uname -n 2>/dev/null

for name in sys_vendor product_name product_version product_family board_vendor board_name chassis_vendor chassis_type chassis_asset_tag bios_vendor bios_version bios_date; do
    file "dmi.$name" "/sys/class/dmi/id/$name"
done
for name in product_serial board_serial chassis_serial product_uuid; do
    if [ -e "/sys/class/dmi/id/$name" ] && [ ! -r "/sys/class/dmi/id/$name" ] && has sudo; then
        text=$(sudo -n cat "/sys/class/dmi/id/$name" 2>/dev/null </dev/null)
        if [ -n "$text" ]; then
            section "dmi.$name"
            printf '%s\n' "$text"
            continue
        fi
    fi
    file "dmi.$name" "/sys/class/dmi/id/$name"
done
file tree.model /proc/device-tree/model
file tree.serial /proc/device-tree/serial-number

file os-release /etc/os-release
file openwrt /etc/openwrt_release
file debian /etc/debian_version
file synology.version /etc/VERSION
if [ -r /etc/synoinfo.conf ]; then
    section synology.model
    grep '^upnpmodelname=' /etc/synoinfo.conf
fi
file synology.serial /proc/sys/kernel/syno_serial
if [ -r /etc/config/uLinux.conf ]; then
    section qnap
    grep -E '^(Model|Version|Build Number|Internal Model) *=' /etc/config/uLinux.conf
fi
if [ -e /etc/machine-id ]; then
    section machine-id.written
    stat -c %Y /etc/machine-id 2>/dev/null
fi

section memory
head -n 3 /proc/meminfo 2>/dev/null
section cpu
grep -E '^(processor|model name|Hardware|Model|cpu model|system type)[[:space:]]*:' /proc/cpuinfo 2>/dev/null | head -n 300
file uptime /proc/uptime
file load /proc/loadavg

section addr
if has ip; then ip -j addr 2>/dev/null || ip addr 2>/dev/null; fi
section neigh
if has ip; then ip -j neigh 2>/dev/null || ip neigh 2>/dev/null; fi
section arp
cat /proc/net/arp 2>/dev/null
section link
if has ip; then ip -j -d link 2>/dev/null; fi
if [ -n "$(cat /sys/class/net/*/brport/port_no 2>/dev/null | head -n 1)" ]; then
    section fdb
    if has bridge; then bridge -j fdb show 2>/dev/null || bridge fdb show 2>/dev/null; fi
fi
if has lldpctl; then
    section lldp
    sudo -n lldpctl -f keyvalue 2>/dev/null </dev/null || lldpctl -f keyvalue 2>/dev/null
fi
section speed
for card in /sys/class/net/*; do
    if [ -e "$card/device" ] || [ -r "$card/speed" ]; then
        printf '%s %s %s\n' "${card##*/}" "$(cat "$card/speed" 2>/dev/null)" "$(cat "$card/duplex" 2>/dev/null)"
    fi
done
file bonds /sys/class/net/bonding_masters
section bridge
for card in /sys/class/net/*; do
    if [ -r "$card/brport/state" ]; then
        printf '%s %s %s\n' "${card##*/}" "$(cat "$card/brport/state" 2>/dev/null)" "$(cat "$card/brport/bridge/bridge/stp_state" 2>/dev/null)"
    fi
done

section heat
for input in /sys/class/hwmon/hwmon*/temp*_input; do
    [ -r "$input" ] || continue
    sensor=${input%_input}
    printf '%s|%s|%s|%s\n' "$(cat "${input%/*}/name" 2>/dev/null)" "$(cat "${sensor}_label" 2>/dev/null)" "$(cat "$input" 2>/dev/null)" "$(cat "${sensor}_crit" 2>/dev/null)"
done | head -n 64

blocks=
if has lsblk; then
    section lsblk
    blocks=$(lsblk -J -b -o NAME,TYPE,SIZE,MODEL,SERIAL,ROTA,TRAN,VENDOR,REV,FSTYPE,MOUNTPOINT 2>/dev/null || lsblk -J -b 2>/dev/null)
    printf '%s\n' "$blocks"
fi
if has df; then
    section df
    df -P -k 2>/dev/null
fi
if has smartctl || has sudo; then
    asked=' '
    for block in /sys/block/* $(printf '%s\n' "$blocks" | tr ',{' '\n\n' | sed -n 's/.*"name" *: *"\([a-z0-9]*\)".*/\1/p'); do
        disk=${block##*/}
        case "$asked" in *" $disk "*) continue ;; esac
        case $disk in
            sd[a-z] | sd[a-z][a-z] | hd[a-z] | nvme[0-9]n[0-9] | nvme[0-9][0-9]n[0-9]) asked="$asked$disk " ;;
            *) continue ;;
        esac
        # `-n standby` leaves sleeping disks asleep.
        text=$(sudo -n smartctl -j -i -H -A -n standby "/dev/$disk" 2>/dev/null </dev/null)
        if [ -z "$text" ] && has smartctl; then
            text=$(smartctl -j -i -H -A -n standby "/dev/$disk" 2>/dev/null </dev/null)
        fi
        if [ -n "$text" ]; then
            section "smart $disk"
            printf '%s\n' "$text"
        fi
    done
fi
section end
