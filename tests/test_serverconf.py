"""The format of a log, found in the configuration of the server that writes it."""

from pathlib import Path

import pytest

from http_monitor.errors import UsageError
from http_monitor.serverconf import find_formats
from http_monitor.serverconf.directives import logical_lines, read_envvars, words_of

MAIN = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" rt=$request_time'
NGINX = """
user www-data;
include /nowhere/modules-enabled/*.conf;
events { worker_connections 768; }
http {
    log_format main '$remote_addr - $remote_user [$time_local] "$request" '
                    '$status $body_bytes_sent "$http_referer" rt=$request_time';
    access_log /var/log/nginx/access.log;
    include sites/*.conf;
}
stream {
    log_format basic '$remote_addr';
    access_log /var/log/nginx/stream.log basic;
}
"""
SHOP = """server {
    listen 80;  # "quotes" { in a comment
    access_log logs/shop.log main buffer=32k;
    location /x { access_log off; }
    if ($host ~ "a") { access_log /var/log/nginx/$host.site.log main; }
}
"""
DEBIAN = r"""
# A comment that goes on \
LogFormat "%h" never
DefaultRuntimeDir ${APACHE_RUN_DIR}
<Directory />
    Options FollowSymLinks
</Directory>
<IfModule log_config_module>
LogFormat "%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" vhost_combined
LogFormat "%h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \
\"%{User-Agent}i\"" combined
LogFormat combined
</IfModule>
IncludeOptional conf-enabled/*.conf
IncludeOptional sites-enabled/*.conf
"""
OTHER_VHOSTS = "CustomLog ${APACHE_LOG_DIR}/other_vhosts_access.log vhost_combined\n"
SITE = r"""
<VirtualHost *:80>
    ErrorLog ${APACHE_LOG_DIR}/error.log
    LogFormat "%h %l %u %t \"%r\" %>s %b %D" timed
    CustomLog ${APACHE_LOG_DIR}/access.log combined
    CustomLog ${APACHE_LOG_DIR}/timed.log timed env=!dontlog
    CustomLog "|/usr/bin/rotatelogs -l ${APACHE_LOG_DIR}/piped.%Y%m%d.log 86400" "%h %t \"%r\" %>s"
    TransferLog logs/transfer.log
</VirtualHost>
"""
ENVVARS = """
unset HOME
if [ "${APACHE_CONFDIR##/etc/apache2-}" != "${APACHE_CONFDIR}" ] ; then
        SUFFIX="-${APACHE_CONFDIR##/etc/apache2-}"
else
        SUFFIX=
fi
export APACHE_LOG_DIR='/var/log/apache2'$SUFFIX
export LANG=`locale`
"""
COMBINED = '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"'


@pytest.fixture
def nginx(tmp_path: Path) -> Path:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "shop.conf").write_text(SHOP)
    config = tmp_path / "nginx.conf"
    config.write_text(NGINX)
    return config


@pytest.fixture
def apache(tmp_path: Path) -> Path:
    for name, text in (("conf-enabled/other.conf", OTHER_VHOSTS), ("sites-enabled/site.conf", SITE)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "envvars").write_text(ENVVARS)
    config = tmp_path / "apache2.conf"
    config.write_text(DEBIAN)
    return config


def found(config: Path, path: str | Path) -> str:
    return find_formats(str(config), [str(path)])[str(path)].format


def refusal(config: Path, path: str = "/x/y.log") -> str:
    with pytest.raises(UsageError) as error:
        find_formats(str(config), [path])
    assert str(error.value).isprintable()
    return str(error.value)


@pytest.mark.parametrize(
    ("path", "log_format"),
    [
        ("/var/log/nginx/access.log", "combined"),
        ("/var/log/nginx/access.log.2.gz", "combined"),
        ("/mnt/copies/access.log-20251224", "combined"),
        ("/mnt/copies/shop.log", MAIN),
        ("/var/log/nginx/www.example.org.site.log", MAIN),
    ],
)
def test_the_format_of_nginx_is_that_of_the_log_at_the_path_or_of_that_name(
    nginx: Path, path: str, log_format: str
) -> None:
    assert found(nginx, path) == log_format


def test_a_relative_path_is_meant_from_the_prefix_and_links_are_followed(nginx: Path) -> None:
    (nginx.parent / "logs").mkdir()
    (nginx.parent / "logs" / "shop.log").touch()
    link = nginx.parent / "followed.log"
    link.symlink_to("logs/shop.log")
    assert found(nginx, link) == MAIN


def test_where_the_format_stands_is_said(nginx: Path) -> None:
    origin = find_formats(str(nginx), ["shop.log", "access.log"])
    assert origin["shop.log"].words == f"main, from {nginx} line 6"
    assert origin["access.log"].words == f"combined, from {nginx} line 8"


def test_several_formats_for_no_log_of_that_name_are_listed(nginx: Path) -> None:
    assert refusal(nginx, "/x/y.log") == (
        f"--format-from: {nginx} has no log /x/y.log, but several others:"
        f" /var/log/nginx/access.log in combined ({nginx} line 8); logs/shop.log in main ({nginx} line 6)"
    )
    assert "no log standard input, but several" in refusal(nginx, "-")


@pytest.mark.parametrize(
    ("text", "log_format"),
    [
        ("http {\n server { listen 80; }\n}\n", "combined"),
        ("http {\n log_format a '$remote_addr';\n access_log /l a;\n access_log /m a if=$x;\n}\n", "$remote_addr"),
        ("http {\n access_log /l gzip=1;\n}\n", "combined"),
        ('http {\n log_format j escape=json \'{"a":"$uri"}\';\n access_log /l j;\n}\n', '{"a":"$uri"}'),
        ("http {\n log_format j escape=json '$uri';\n access_log /l j;\n}\n", "$uri"),
        ("http {\n log_format j escape=none '$uri';\n access_log /l j;\n}\n", "$uri"),
    ],
)
def test_the_only_format_of_nginx_is_taken_for_any_file(tmp_path: Path, text: str, log_format: str) -> None:
    config = tmp_path / "nginx.conf"
    config.write_text(text)
    assert found(config, "/x/y.log") == log_format
    assert found(config, "-") == log_format


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("http {\n access_log /l none;\n}\n", "line 2: access_log names the format none, which no log_format defines"),
        ("http {\n server {\n listen 80;\n", 'line 3: unexpected end of file, expecting "}"'),
        ("http {\n include gone.conf;\n listen 80;\n}\n", "gone.conf cannot be read (No such file or directory)"),
        ("http { }\n}\n", 'line 2: unexpected "}"'),
        ("http {\n include;\n}\n", "is not a readable nginx configuration"),
    ],
)
def test_a_broken_configuration_of_nginx_is_refused_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    config = tmp_path / "nginx.conf"
    config.write_text(text)
    assert f"--format-from: {config}" in (said := refusal(config))
    assert words in said


def test_includes_of_nginx_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    config = tmp_path / "nginx.conf"
    config.write_text("http {\n include *.conf;\n access_log /l;\n}\n")
    assert found(config, "/x") == "combined"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("include nginx.conf;\n", "nginx.conf line 1: includes {}/nginx.conf in a loop"),
        ("http {\n include *.conf;\n}\n", "nginx.conf line 2: includes {}/nginx.conf in a loop"),
        ("http {\n include b.conf;\n}\n", "b.conf line 1: includes {}/nginx.conf in a loop"),
        ("worker_processes 2;\n", "nginx.conf: has no log of requests (access_log of nginx, CustomLog of Apache)"),
        ("http { access_log off; }\n", "nginx.conf: has no log of requests (access_log of nginx, CustomLog of Apache)"),
    ],
)
def test_a_configuration_of_nginx_without_a_log_is_refused(tmp_path: Path, text: str, words: str) -> None:
    config = tmp_path / "nginx.conf"
    config.write_text(text)
    (tmp_path / "b.conf").write_text("include nginx.conf;\n")
    assert refusal(config).endswith(words.format(tmp_path))


def test_blocks_nested_without_end_are_read(tmp_path: Path) -> None:
    config = tmp_path / "nginx.conf"
    config.write_text("http {\n" * 5_000 + "}\n" * 5_000)
    assert found(config, "/x") == "combined"


@pytest.mark.parametrize(
    ("path", "log_format"),
    [
        ("/var/log/apache2/access.log", COMBINED),
        ("/var/log/apache2/access.log.1", COMBINED),
        ("/var/log/apache2/other_vhosts_access.log", "%v:%p " + COMBINED),
        ("timed.log", '%h %l %u %t "%r" %>s %b %D'),
        ("/var/log/apache2/piped.20251010.log", '%h %t "%r" %>s'),
        ("transfer.log", COMBINED),
    ],
)
def test_the_format_of_apache_is_that_of_the_log_at_the_path_or_of_that_name(
    apache: Path, path: str, log_format: str
) -> None:
    assert found(apache, path) == log_format


def test_where_a_format_of_apache_stands_is_said(apache: Path) -> None:
    site = apache.parent / "sites-enabled" / "site.conf"
    origins = find_formats(str(apache), ["access.log", "timed.log", "piped.1.log"])
    assert [origin.words for origin in origins.values()] == [
        f"combined, from {apache} line 10",
        f"timed, from {site} line 4",
        f'%h %t "%r" %>s, from {site} line 7',
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Include gone.conf\n", "line 1: includes gone.conf, which does not exist (ServerRoot is "),
        ("ServerRoot /etc/httpd\n\nInclude x/*.conf\n", "line 3: includes x/*.conf, which does not exist"),
        ("<VirtualHost *>\n</Directory>\n", "line 2: </Directory> closes a section that is not open"),
        ("<VirtualHost *>\n", "ends inside <virtualhost>"),
        ("Include apache.conf\n", "line 1: includes "),
        ("ServerName x\n", "has no log of requests (access_log of nginx, CustomLog of Apache)"),
        ("CustomLog /x/y.log combinded\n", "line 1: the format combinded is not defined in "),
        ("CustomLog /a.log a%h\nCustomLog /b.log b%h\n", "no log /x/y.log, but several others: /a.log in a%h ("),
        ("CustomLog /x/y.log a%h\nCustomLog /x/y.log b%h\n", "has several formats for /x/y.log: /x/y.log in a%h ("),
        ("CustomLog /x/\x1b[2J.log a%h\nCustomLog /b b%h\n", r"/x/\x1b[2J.log in a%h"),
    ],
)
def test_a_configuration_of_apache_that_does_not_tell_is_refused(tmp_path: Path, text: str, words: str) -> None:
    config = tmp_path / "apache.conf"
    config.write_text(text)
    said = refusal(config)
    assert said.startswith("--format-from: ")
    assert words in said


def test_server_root_and_the_files_of_a_directory_are_included(tmp_path: Path) -> None:
    for name in ("b.conf", "a.conf"):
        (tmp_path / "root" / "conf.d").mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / "conf.d" / name).write_text(f"CustomLog logs/{name}.log {name}%h\n")
    config = tmp_path / "httpd.conf"
    config.write_text(f'ServerRoot "{tmp_path}/root"\nDefine dir conf.d\nInclude ${{dir}}\nTransferLog logs/t\n')
    assert found(config, tmp_path / "root" / "logs" / "a.conf.log") == "a.conf%h"
    assert found(config, tmp_path / "root" / "logs" / "t") == '%h %l %u %t "%r" %>s %b'


@pytest.mark.parametrize("kind", ["missing", "directory", "binary"])
def test_what_is_no_configuration_is_refused(tmp_path: Path, kind: str) -> None:
    config = tmp_path / "conf"
    if kind == "directory":
        config.mkdir()
    elif kind == "binary":
        config.write_bytes(bytes(range(256)) * 100)
    assert refusal(config).startswith(f"--format-from: {config}")


def test_lines_continue_after_a_backslash_and_words_may_be_quoted() -> None:
    lines = list(logical_lines('a \\\r\n b\n\n # c \\\n d\ne "f \\" \\\\ g" \'h\\n\' \\'))
    assert [line.number for line in lines] == [1, 6]
    assert [words_of(line.text) for line in lines] == [["a", "b"], ["e", 'f " \\ g', "h\\n"]]


def test_only_plain_assignments_of_envvars_are_believed() -> None:
    assert read_envvars(ENVVARS) == {"SUFFIX": "", "APACHE_LOG_DIR": "/var/log/apache2"}


def test_the_configuration_of_this_machine_can_be_read() -> None:
    config = Path("/etc/nginx/nginx.conf")
    if not config.exists():
        pytest.skip("no nginx is installed here")
    assert found(config, "/var/log/nginx/access.log") == "combined"
