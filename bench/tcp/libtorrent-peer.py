# libtorrent in its own process: `python3 libtorrent-peer.py <.torrent> <folder> <port> [<bytes a second>]` downloads what the
# folder lacks, prints "done", and seeds until it is killed. It speaks TCP alone, unencrypted, finds peers through the torrent's
# trackers only, and may have a limit of its upload; all other settings are libtorrent's own. It prints how many peers it has
# whenever that changes ("peers 3."), and on SIGUSR1 how many bytes of blocks it has sent ("sent <bytes>").
import signal
import sys

import libtorrent

WAKE_MILLIS = 100  # Python runs signal handlers only between two calls of the library.

torrent_file, folder, port, *limit = sys.argv[1:]
session = libtorrent.session(
    {
        "listen_interfaces": f"127.0.0.1:{port}",
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_incoming_utp": False,
        "enable_outgoing_utp": False,
        "in_enc_policy": int(libtorrent.enc_policy.disabled),
        "out_enc_policy": int(libtorrent.enc_policy.disabled),
        "allow_multiple_connections_per_ip": True,  # All peers are on this machine.
        "alert_mask": int(libtorrent.alert.category_t.status_notification),
    }
)
if limit:
    session.apply_settings({"upload_rate_limit": int(limit[0])})
    # Otherwise no limit holds on a local network. Each bit is a class of peers; the first has the limit of the whole session.
    everybody = libtorrent.ip_filter()
    everybody.add_rule("0.0.0.0", "255.255.255.255", 1)
    session.set_peer_class_filter(everybody)
torrent = session.add_torrent({"ti": libtorrent.torrent_info(torrent_file), "save_path": folder})


def tell_sent(*_):
    print("sent", torrent.status().total_payload_upload, flush=True)


signal.signal(signal.SIGUSR1, tell_sent)
peers = 0
while True:
    session.wait_for_alert(WAKE_MILLIS)
    if peers != (peers := torrent.status().num_peers):
        print(f"peers {peers}.", flush=True)
    for alert in session.pop_alerts():
        if isinstance(alert, libtorrent.torrent_finished_alert):
            print("done", flush=True)
        elif isinstance(alert, libtorrent.torrent_error_alert):
            sys.exit(alert.message())
