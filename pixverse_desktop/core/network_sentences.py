"""The sentences about the way to the service: proxies, certificates, where a connection ends."""

from __future__ import annotations

from pixverse_desktop.core.text import QT_TRANSLATE_NOOP

NETWORK_SENTENCES = {
    "offline_name": QT_TRANSLATE_NOOP("Problem",
        "The service cannot be reached. Its name was not found: this computer may be offline. It "
        "is tried again by itself."),
    "offline_refused": QT_TRANSLATE_NOOP("Problem",
        "The service cannot be reached. It refuses the connection. It is tried again by itself."),
    "offline_slow": QT_TRANSLATE_NOOP("Problem",
        "The service cannot be reached. It does not answer in time. It is tried again by itself."),
    "certificates_missing": QT_TRANSLATE_NOOP("Problem",
        "The certificate file {path} does not exist. It is set in {place}."),
    "certificates_unusable": QT_TRANSLATE_NOOP("Problem",
        "The certificate file {path} cannot be used. It is set in {place}."),
    "certificates_gone": QT_TRANSLATE_NOOP("Problem",
        "The service's certificate could not be verified, so nothing was sent. {path}, which "
        "{place} names, does not exist."),
    "certificate_signer": QT_TRANSLATE_NOOP("Problem",
        "The certificate of {host} is signed by nobody whom this computer trusts, so nothing was "
        "sent. In a company's network, choose the company's certificate file in Settings › "
        "Network."),
    "certificate_time": QT_TRANSLATE_NOOP("Problem",
        "The certificate of {host} has expired or is not valid yet, so nothing was sent. See "
        "whether the clock of this computer is right."),
    "certificate_name": QT_TRANSLATE_NOOP("Problem",
        "The certificate that {host} shows is for another name, so nothing was sent. The log-in "
        "page of a network may be in the way."),
    "certificate_none": QT_TRANSLATE_NOOP("Problem",
        "No secure connection to {host} was made: it showed no certificate, so nothing was sent. "
        "A proxy or a firewall may be in the way."),
    "own_certificates_gone": QT_TRANSLATE_NOOP("Problem",
        "The certificate file {path} does not exist, so nothing was sent. Choose another one in "
        "Settings › Network, or none."),
    "own_certificates_unreadable": QT_TRANSLATE_NOOP("Problem",
        "The certificate file {path} cannot be read ({reason})."),
    "own_certificates_no_pem": QT_TRANSLATE_NOOP("Problem",
        "{path} is no PEM file. Ask for the certificate in the form “PEM” or “Base64”; it begins "
        "with -----BEGIN CERTIFICATE-----."),
    "own_certificates_empty": QT_TRANSLATE_NOOP("Problem", "{path} holds no certificate."),
    "own_certificates_none": QT_TRANSLATE_NOOP("Problem",
        "{path} holds no certificate that can be used, so nothing was sent. Choose another one in "
        "Settings › Network, or none."),
    "proxy_no_address": QT_TRANSLATE_NOOP("Problem",
        "The proxy {proxy} is set in {place}. That is no address of a proxy, such as "
        "http://host:port or socks5://host:port."),
    "proxy_unreachable": QT_TRANSLATE_NOOP("Problem",
        "The service cannot be reached through the proxy {proxy}, which is set in {place}. This "
        "goes on by itself."),
    "proxy_unknown": QT_TRANSLATE_NOOP("Problem",
        "The service cannot be reached through the proxy {proxy}, which is set in {place}: its "
        "name is not known here. This goes on by itself."),
    "proxy_refuses": QT_TRANSLATE_NOOP("Problem",
        "The service cannot be reached through the proxy {proxy}, which is set in {place}: it "
        "answers, but does not lead there. This goes on by itself."),
    "proxy_login": QT_TRANSLATE_NOOP("Problem",
        "The proxy {proxy} wants a name and a password, or does not accept those it got. It is "
        "set in {place}. Nothing was sent."),
    "proxy_certificate": QT_TRANSLATE_NOOP("Problem",
        "The certificate of the proxy {proxy}, which is set in {place}, could not be verified, so "
        "nothing was sent."),
    "place_variable": QT_TRANSLATE_NOOP("Problem", "the environment variable {name}"),
    "place_settings": QT_TRANSLATE_NOOP("Problem", "the settings of the system"),
    "place_network": QT_TRANSLATE_NOOP("Problem", "Settings › Network"),
    "proxy_form": QT_TRANSLATE_NOOP("Problem", "A proxy looks like http://host:port."),
    # --- why a host is not reached, for a report that others read ---
    "why_silent": QT_TRANSLATE_NOOP("Problem", "nothing answers."),
    "why_name": QT_TRANSLATE_NOOP("Problem",
        "its name was not found. This computer may be offline."),
    "why_refused": QT_TRANSLATE_NOOP("Problem", "it refuses the connection."),
    "why_slow": QT_TRANSLATE_NOOP("Problem", "it does not answer in time."),
    "why_certificate": QT_TRANSLATE_NOOP("Problem", "its certificate could not be verified."),
    "why_signer": QT_TRANSLATE_NOOP("Problem",
        "its certificate is signed by nobody whom this computer trusts. In a company's network, "
        "the company's certificate file has to be chosen in Settings › Network."),
    "why_time": QT_TRANSLATE_NOOP("Problem",
        "its certificate has expired or is not valid yet. See whether the clock of this computer "
        "is right."),
    "why_other_name": QT_TRANSLATE_NOOP("Problem",
        "the certificate that it shows is for another name."),
    "why_no_certificate": QT_TRANSLATE_NOOP("Problem",
        "it makes no secure connection with a certificate."),
    "why_own_certificates": QT_TRANSLATE_NOOP("Problem",
        "the certificates that are set on this computer cannot be used."),
    "why_certificate_file": QT_TRANSLATE_NOOP("Problem",
        "the certificate file that was chosen in Settings › Network is gone or holds no "
        "certificate."),
    "why_own_proxy": QT_TRANSLATE_NOOP("Problem",
        "the proxy in use does not lead there."),
    "why_no_proxy": QT_TRANSLATE_NOOP("Problem",
        "the proxy in use does not answer."),
    "why_proxy_name": QT_TRANSLATE_NOOP("Problem",
        "the name of the proxy in use was not found."),
    "why_proxy_login": QT_TRANSLATE_NOOP("Problem",
        "the proxy wants a name and a password, or does not accept those it got."),
    "why_proxy_certificate": QT_TRANSLATE_NOOP("Problem",
        "the proxy's certificate could not be verified."),
}  # fmt: skip
