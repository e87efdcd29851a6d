$ErrorActionPreference='SilentlyContinue';$ProgressPreference='SilentlyContinue'
[Console]::OutputEncoding=[Text.Encoding]::UTF8
function D($d){if($d){$d.ToUniversalTime().ToString('yyyy-MM-dd')}}
$c=Get-CimInstance Win32_ComputerSystem;$b=Get-CimInstance Win32_BIOS;$o=Get-CimInstance Win32_OperatingSystem
$m=Get-CimInstance Win32_BaseBoard;$e=Get-CimInstance Win32_SystemEnclosure;$p=Get-CimInstance Win32_ComputerSystemProduct
$r=@{
name=$c.Name;maker=$c.Manufacturer;model=$c.Model;family=$p.Version;uuid=$p.UUID;tag=$e.SMBIOSAssetTag;serial=$b.SerialNumber;memory=$c.TotalPhysicalMemory
chassis=@($e.ChassisTypes);bios=$b.SMBIOSBIOSVersion;bios_date=(D $b.ReleaseDate)
os=$o.Caption;version=$o.Version;build=$o.BuildNumber;installed=(D $o.InstallDate);uptime=[int]((Get-Date)-$o.LastBootUpTime).TotalSeconds
board=@{maker=$m.Manufacturer;model=$m.Product;serial=$m.SerialNumber}
cpu=@(Get-CimInstance Win32_Processor|%{@{name=$_.Name;cores=$_.NumberOfCores}})
dimms=@(Get-CimInstance Win32_PhysicalMemory|%{@{slot=$_.DeviceLocator;maker=$_.Manufacturer;model=$_.PartNumber;serial=$_.SerialNumber;size=$_.Capacity}})
disks=@(Get-PhysicalDisk|%{$w=$_|Get-StorageReliabilityCounter;@{id=$_.DeviceId;model=$_.Model;serial=$_.SerialNumber;size=$_.Size;media="$($_.MediaType)";bus="$($_.BusType)";health="$($_.HealthStatus)";firmware=$_.FirmwareVersion;hours=$w.PowerOnHours;wear=$w.Wear;temperature=$w.Temperature}})
volumes=@(Get-CimInstance Win32_LogicalDisk -Filter 'DriveType=3'|%{@{name=$_.DeviceID;size=$_.Size;free=$_.FreeSpace}})
cards=@(Get-NetAdapter -IncludeHidden:$false|%{@{index=$_.ifIndex;name=$_.Name;description=$_.InterfaceDescription;mac=$_.MacAddress;speed="$($_.Speed)";up=($_.Status -eq 'Up');enabled=($_.AdminStatus -eq 'Up');mtu=$_.MtuSize}})
addresses=@(Get-NetIPAddress|%{@{index=$_.InterfaceIndex;address=$_.IPAddress;length=$_.PrefixLength}})
neighbours=@(Get-NetNeighbor|?{$_.LinkLayerAddress -and "$($_.State)" -ne 'Unreachable'}|%{@{index=$_.InterfaceIndex;address=$_.IPAddress;mac=$_.LinkLayerAddress}})
tpm=(Get-Tpm).TpmPresent;secure_boot=(Confirm-SecureBootUEFI)
}
'MARK '+(ConvertTo-Json $r -Depth 4 -Compress)
