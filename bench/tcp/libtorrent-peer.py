# libtorrent in its own process: `python3 libtorrent-peer.py <.torrent> <folder> <port>` downloads what the folder lacks, prints
# "done", and seeds until it is killed. It speaks TCP alone, unencrypted, and finds peers through the torrent's trackers only;
# all other settings are libtorrent's own. On SIGUSR1 it prints how many bytes of blocks it has sent: "sent <bytes>".
import signal
import sys

import libtorrent

WAKE_MILLIS = 100  # Python runs signal handlers only between two calls of the library.

torrent_file, folder, port = sys.argv[1:]
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
torrent = session.add_torrent({"ti": libtorrent.torrent_info(torrent_file), "save_path": folder})


def tell_sent(*_):
    print("sent", torrent.status().total_payload_upload, flush=True)


signal.signal(signal.SIGUSR1, tell_sent)
while True:
    session.wait_for_alert(WAKE_MILLIS)
    for alert in session.pop_alerts():
        if isinstance(alert, libtorrent.torrent_finished_alert):
            print("done", flush=True)
        elif isinstance(alert, libtorrent.torrent_error_alert):
            sys.exit(alert.message())
