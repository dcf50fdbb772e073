"""The keys from which rows of JSON logs are made, as servers, proxies, libraries and conventions spell them.

Case, ``_`` and ``-`` are ignored: ``status_code``, ``statusCode`` and ``Status-Code`` are one key. A dot leads into an
object, or is part of the key itself. ``{a,b}`` is a choice. A key may be followed by

- ``=ms``: the notation of its value; without it, times are recognised by their form, and durations by their unit;
- ``?``: the key is vague, so it counts only if its value is plausible;
- ``@family``: it counts only if the object's other keys show this writer;
- ``!family``: it counts only if they do not.

A key that begins with ``:`` counts only in that exact spelling. Of several keys of an object with one role, the first
one in this order with a plausible value counts: keys of a single server or convention precede common ones.
"""

from collections.abc import Mapping

from http_monitor.parser.fields.field import Role, Writing

FAMILIES: Mapping[str, tuple[int, str]] = {
    "envoy": (
        1,
        "response_flags response_code_details upstream_service_time upstream_cluster downstream_remote_address",
    ),
    "nginx": (
        2,
        "remote_addr remote_user time_local time_iso8601 msec request request_uri request_method request_length "
        "request_time body_bytes_sent bytes_sent http_referer http_user_agent http_x_forwarded_for http_host "
        "server_name server_addr server_port upstream_addr upstream_status upstream_response_time",
    ),
    "elk_nginx": (1, "upstream_host upstream_time upstream_status"),
    "logstash": (1, "@version"),
    "logback": (1, "requested_uri requested_url"),
    "rails": (1, "controller view db view_runtime db_runtime"),
    "labkit": (2, "written_bytes correlation_id system"),
    "caddy": (1, "resp_headers common_log"),
    "serilog": (2, "request_path request_method status_code message_template @mt @m"),
    "apisix": (1, "apisix_latency"),
    "azure": (
        2,
        "properties.client_ip properties.http_status properties.request_uri resource_id operation_name"
        " original_request_uri_with_args waf_mode server_routed socket_ip routing_rule_name",
    ),
    "cloudfront": (1, "x_edge_location x_edge_request_id x_edge_result_type x_edge_response_result_type"),
    "iis": (1, "sc_win32_status sc_substatus s_computername s_sitename"),
    "akamai": (2, "req_time_sec cli_ip turn_around_time_msec edge_ip stream_id"),
    "datadog": (2, "network.client.ip syslog http.url_details"),
    "traefik": (
        2,
        "origin_duration downstream_status downstream_content_size start_utc start_local origin_status "
        "entry_point_name router_name overhead",
    ),
    "haproxy": (
        2,
        "bytes_read time_total time_duration time_active time_queue time_backend_connect time_backend_response "
        "termination_state frontend_name backend_name",
    ),
    "haproxy_short": (
        3,
        "ci cp hm hu hp hv hq st tt ta tc tw tq ft fi fp bi bp si sp rt rc sq bq tsc ac fc bc sc",
    ),
    "restify": (2, "v req.method res.status_code hostname pid"),
    "echo": (1, "latency_human"),
    "tomcat": (1, "logical_user_name"),
    "structlog": (2, "event request"),
    "slog_http": (2, "request.ip request.route response.latency request.params"),
    "logbook": (3, "origin type correlation"),
}
"""For each writer, the number of these keys that its objects have at least."""

WRAPPERS = (
    "http meta data payload fields attributes properties context log json record event details state span proxy info "
    "json_payload msg message access access_log http_access @fields resource body metadata"
)
"""Objects whose keys may have the same meanings as outside them; they count after those outside."""

DURATIONS = (
    "duration latency elapsed elapsed_time took time_taken request_time response_time request_duration "
    "response_duration request_latency response_latency total_time total_duration process_time processing_time "
    "service_time execution_time run_time handling_time time_spent time_elapsed turn_around_time response_elapsed "
    "request_elapsed request_time_taken roundtrip round_trip_time http_duration http_latency cost cost_time dur lat rt "
    "req_duration resp_duration rsp_duration req_latency resp_latency resp_time rsp_time exec_time server_time "
    "handle_time handler_time handler_duration "
    "{http_response,response,res}.{duration,latency,elapsed,time,elapsed_time,response_time} {request,req,"
    "http_request}.{duration,latency,elapsed,time_taken} latencies.request"
)
UPSTREAMS = (
    "upstream_response_time upstream_time upstream_duration upstream_latency upstream_service_time upstream_elapsed "
    "upstream_taken_time backend_time backend_response_time backend_duration backend_latency origin_duration "
    "origin_latency origin_response_time origin_response_duration ups_resp_time latencies.proxy"
)
"""Names of durations, and of upstream durations; their unit follows the name, or is in the value."""
SUFFIXES: Mapping[str, Writing] = {
    **dict.fromkeys(("ms", "msec", "msecs", "millis", "milliseconds", "in_ms", "in_millis", "in_milliseconds"), "ms"),
    **dict.fromkeys(("us", "usec", "usecs", "micros", "microseconds", "in_us", "in_micros", "in_microseconds"), "us"),
    **dict.fromkeys(("\u00b5s", "\u03bcs"), "us"),
    **dict.fromkeys(("ns", "nsec", "nanos", "nanoseconds", "in_ns", "in_nanos", "in_nanoseconds"), "ns"),
    **dict.fromkeys(("s", "sec", "secs", "seconds", "in_s", "in_sec", "in_seconds"), "s"),
}
"""Suffixes of the name of a duration, or keys inside it, that give its unit."""

KEYS: Mapping[Role, str] = {
    "time": (
        "timestamp@logstash time_iso8601 time_local @timestamp timestamp time ts datetime date @t start_utc "
        "start_local start_time request_start_time event_time event_timestamp log_time access_time request_timestamp "
        "request_date started_at logged_at asctime time_stamp time_utc utc_time local_time time_ms time_unix "
        "time_unix_nano observed_time_unix_nano edge_end_timestamp edge_start_timestamp req_time_sec time_millis "
        "instant.epoch_second msec _time t dt created event.start event.end event.created request_time? {tr,trl,trg,tl,"
        "tg}?@haproxy_short syslog.timestamp@datadog request_time_epoch request_received_at {request,req}.{time,"
        "timestamp,start_time,started_at} {response,res}.{time,timestamp} proxy.timestamp {time_start,time_end,"
        "end_time,finished_at,completed_at,received_at,created_at,when,epoch,unixtime,unix_time,timestamp_ms,"
        "timestamp_millis,timestamp_us,timestamp_ns,ts_ms,ts_us,ts_ns,@time,time.$date,timestamp.$date,time.seconds,"
        "timestamp.seconds}?"
    ),
    "host": (
        "remote_ip@labkit remote_addr req.remote_address client.ip source.ip client.address source.address "
        "http.client_ip {request,req}.{client_ip,remote_ip,remote_addr,remote_host,client_address,ip} "
        "http_request.{remote_ip,client_ip} network.client.ip client_ip client_addr client_address client_host "
        "remote_ip remote_address remote_host remote_client client_hostname downstream_remote_address "
        "downstream_{remote,direct_remote}_address_without_port downstream_direct_remote_address request.client.ip "
        "client_port? ci?@haproxy_short cli_ip c_ip "
        "http.request.remote_addr host@tomcat client.{addr,host,remote_addr}? network.peer.address network.peer.ip "
        "net.sock.peer.addr net.peer.ip net.peer.name remote.{address,addr,ip}? {ip,ip_address,ip_addr,client,remote,"
        "peer,peer_ip,peer_addr,peer_address,source,source_ip,source_address,src,src_ip,src_addr,user_ip,visitor_ip,"
        "requester_ip,viewer_ip,addr,x_client_ip,fastly_client_ip,request_ip,req_ip,proxy_protocol_addr}? {x_real_ip,"
        "real_ip,http_x_real_ip,cf_connecting_ip,http_cf_connecting_ip,true_client_ip}? headers.{x_real_ip,"
        "cf_connecting_ip,true_client_ip}?"
    ),
    "user": (
        "remote_user user.name client_username auth_user enduser.id username user_name user http_user http.auth "
        "authenticated_user user_id@caddy {request,req}.{user,remote_user,username} auth?"
    ),
    "request": (
        "request request_line request_first_line first_line http_request? raw_request http.request.line req? "
        "r?@haproxy_short requested_url? {request,req}.{line,request_line}"
    ),
    "method": (
        "{request,req,http.request,http_request}.{method,http_method,request_method} http.method request_method "
        "req_method http_method request.connection.method client_request_method cs_method http_verb method? verb? "
        "{request,req}.verb? hm?@haproxy_short proxy.method"
    ),
    "target": (
        "url.original request_uri req.original_url original_url originalurl request_target {request,req,"
        "http.request}.{uri,url,target,original_url,request_uri} http_request.{request_url,uri,url} http.target "
        "client_request_uri http_uri x_envoy_original_path x_envoy_origin_path http.url url.full cs_uri full_path "
        "hu?@haproxy_short request_url req_url http_url url? uri_full? target? request? requested_url? http_request? "
        "req? {request,req}.url.{raw,full}?"
    ),
    "path": (
        "url.path request_path {request,req,http.request,http_request}.path req_path http_path http.path requested_uri "
        "request.connection.path uri_path cs_uri_stem uri client_request_path path?!logstash endpoint? resource? "
        "hp?@haproxy_short proxy.path {request,req}.url.path? resource_path?"
    ),
    "query": (
        "url.query query_string {request,req}.{query,query_string,querystring,args} args request_query "
        "request_querystring request_param uri_query cs_uri_query query? query_str querystring hq@haproxy_short"
    ),
    "protocol": (
        "server_protocol protocol proto {request,req}.{proto,protocol,http_version} request_protocol http_version "
        "http.version http.flavor network.protocol.version hv@haproxy_short httpversion http_request.{protocol,proto}"
    ),
    "status": (
        "{http.response,http_response,res,response,resp}.{status_code,status,code,status.code,status_line} "
        "http.status_code request.connection.status elb_status_code {,http_,response_,resp_,res_,"
        "http_response_}status_line http_request.status downstream_status edge_response_status http_status_code "
        "http_status http_code http_response_code http_response_status response_code response_status "
        "response_status_code resp_status resp_status_code resp_code res_status sc_status final_status http.status "
        "status_code proxy.status_code status response? st@haproxy_short code?@structlog status.{code,status_code}? "
        "api.status_code"
    ),
    "size": (
        "http.response.body.bytes {http.response,response,res,resp,http_response}.{body.size,body.bytes,body_bytes,"
        "body_size,body_length,bytes,bytes_sent,bytes_written,size,length,content_length,written} "
        "http.response_content_length http_request.response_size downstream_content_size edge_response_bytes "
        "body_bytes_sent bytes_sent body_bytes body_sent sent_body_bytes bytes_out response_size response_body_size "
        "response_body_bytes response_bytes response_length response_content_length resp_size resp_bytes resp_length "
        "res_size res_bytes res_body_bytes res_length written_bytes bytes_written sc_bytes network.bytes_written {res,"
        "response}.headers.content_length content_length size bytes sent_bytes sent bytes_read@haproxy "
        "b?@haproxy_short len_bytes data_length res[content_length] length? resp_headers.content_length body_size "
        "resp_body_size resp_len res_len bytes_tx tx_bytes api.tx"
    ),
    "bytes_in": (
        "request_length http.request.body.bytes {http.request,request,req,http_request}.{body.size,body_bytes,bytes,"
        "size,length,request_size} http.request_content_length bytes_received bytes_in request_size request_body_size "
        "request_bytes request_content_size req_size req_bytes received_bytes cs_bytes bytes_read@caddy "
        "u?@haproxy_short"
    ),
    "duration": (
        "event.duration=ns request_time=ms@envoy duration=ms@envoy duration=ms@rails duration=s@caddy "
        "elapsed=ms@serilog latency_human=unit latency=ns@echo latency=ms@apisix latency=ms@restify "
        "response.latency=ns@slog_http elapsed_time=ms@logback time_taken=decimal?@azure time_taken=s@cloudfront "
        "time_taken=ms@iis duration=ns@datadog duration=ns@traefik duration=ms@logbook {time_total,"
        "time_duration}=ms@haproxy {tt,ta}=ms@haproxy_short response_time=s@elk_nginx request_time=decimal?@nginx "
        "http.server.request.duration=s :responseTime=ms :response-time=ms :total-time=ms latencies.request=ms "
        "http.server.duration=ms total_ns=ns api.time_to_response=unit"
    ),
    "upstream": (
        "upstream_response_time=ms@envoy upstream_service_time=ms upstream_response_time=s upstream_time=s@elk_nginx "
        "upstream_latency=ms@apisix latencies.proxy=ms origin_duration=ns@traefik time_backend_response=ms@haproxy "
        "tr=ms?@haproxy_short"
    ),
    "vhost": (
        "url.domain http_host {http.request,request,req}.{host,hostname} headers.host virtual_host vhost v_host "
        "server_name authority request_authority request_host req_host client_request_host cs_host domain http.host "
        "http.server_name net.host.name server.address domain_http_host host!logstash site x_host_header"
    ),
    "port": "server_port server.port",
    "referer": (
        "http.request.referrer http.request.referer http_referer http_referrer request_referer request_referrer "
        "{request,req,http_request}.{referer,referrer} client_request_referer cs_referer cs(referer) referer referrer "
        "http.referer http.referrer http_ref ref? client.referer proxy.referer headers.{referer,referrer}"
    ),
    "agent": (
        "user_agent.original http.user_agent http.request.user_agent http_user_agent request_user_agent {request,req,"
        "http_request}.{user_agent,ua} client_request_user_agent cs_user_agent cs(user_agent) "
        "request.client.user_agent user_agent useragent http_agent proxy.user_agent ua client.{ua,user_agent} agent "
        "headers.user_agent"
    ),
    "cache": "upstream_cache_status cache_cache_status cache_status x_cache_status response_state cache? x_cache",
    "tls": "ssl_protocol tls_version tls.version tls_protocol ssl_version {request,req}.tls.version",
    "request_id": (
        "request_id req_id {request,req}.{id,request_id} http.request.id x_request_id correlation_id "
        "correlation@logbook trace.id trace_id traceid request_context_id ray_id id?"
    ),
    "forwarded": (
        "http_x_forwarded_for x_forwarded_for forwarded_for xff proxy_add_x_forwarded_for client.forwarded_for "
        "headers.x_forwarded_for"
    ),
}
"""For each role, the keys in order of precedence. Objects of the request may contain headers."""

HEADERS = "headers header req_headers request_headers"
"""Objects with the headers of a request, at any depth; those of a response have other names."""
