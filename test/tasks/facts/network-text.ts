/** What network.sh prints on a host with two interfaces in use. */
export const networkText = `link	lo	00:00:00:00:00:00	65536	unknown	772
link	eth0	52:54:00:00:00:01	1500	up	1	device
link	eth0.5	52:54:00:00:00:01	1500	down	1
addresses
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
2: eth0    inet 10.0.0.9/24 brd 10.0.0.255 scope global secondary eth0\\       valid_lft forever
2: eth0    inet 10.0.0.2/24 brd 10.0.0.255 scope global dynamic eth0\\       valid_lft 60sec
2: eth0    inet6 fd00::9/64 scope global temporary dynamic \\       valid_lft 60sec
2: eth0    inet6 fd00::2/64 scope global dynamic mngtmpaddr \\       valid_lft 60sec
2: eth0    inet6 fe80::1/64 scope link \\       valid_lft forever
3: eth0.5@eth0    inet 10.5.0.2 peer 10.5.0.1/32 scope global eth0.5\\       valid_lft forever
routes 4
default via 10.5.0.1 dev eth0.5 metric 200
default via 10.0.0.1 dev eth0 proto dhcp src 10.0.0.2 metric 100
routes 6
default via fe80::ff dev eth0 proto ra metric 1024 expires 1700sec pref medium
`
