#!/usr/bin/env escript
%%! +S 2
%% The server of echo_server.c with Erlang's ssl, on several ports: five arguments each.
-mode(compile).

main(Arguments) ->
    {ok, _} = application:ensure_all_started(ssl),
    start(Arguments),
    timer:sleep(infinity).

start([]) ->
    ok;
start([Chain, Key, ClientCA, Group, _When | Rest]) ->
    Options =
        [{certfile, Chain}, {keyfile, Key}, {versions, ['tlsv1.2', 'tlsv1.3']}, {log_level, none},
         {ip, {127, 0, 0, 1}}, {active, false}, {mode, binary}, {reuseaddr, true}]
        ++ [Option || ClientCA =/= "-",
               Option <- [{cacertfile, ClientCA}, {verify, verify_peer}, {fail_if_no_peer_cert, true}]]
        ++ [{supported_groups, [secp384r1]} || Group =/= "-"],
    {ok, Listener} = ssl:listen(0, Options),
    {ok, {_, Port}} = ssl:sockname(Listener),
    io:format("port ~p~n", [Port]),
    spawn(fun() -> accept(Listener) end),
    start(Rest).

accept(Listener) ->
    {ok, Transport} = ssl:transport_accept(Listener),
    case ssl:handshake(Transport, 20000) of
        {ok, Socket} ->
            serve(Socket),
            ssl:close(Socket);
        {error, Reason} ->
            failed(Reason)
    end,
    accept(Listener).

serve(Socket) ->
    case ssl:recv(Socket, 0, 20000) of
        {ok, Command} ->
            ok = ssl:send(Socket, "ok\n"),
            command(Command, Socket);
        {error, Reason} ->
            failed(Reason)
    end.

command(<<"close">>, Socket) ->
    ok; % ssl:shutdown/2 for one direction sends no close_notify
command(<<"update">>, Socket) ->
    echo(Socket, 5, write);
command(<<"request">>, Socket) ->
    echo(Socket, 5, read_write);
command(<<"echo">>, Socket) ->
    echo(Socket, 0, write).

echo(Socket, Updates, Type) ->
    case ssl:recv(Socket, 0, 20000) of
        {ok, Bytes} ->
            Updates > 0 andalso (ok = ssl:update_keys(Socket, Type)),
            ok = ssl:send(Socket, Bytes),
            echo(Socket, Updates - 1, Type);
        {error, closed} ->
            io:format("closed~n");
        {error, Reason} ->
            failed(Reason)
    end.

failed(Reason) ->
    io:format("failed: ~p~n", [Reason]).
