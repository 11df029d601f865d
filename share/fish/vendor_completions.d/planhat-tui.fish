# fish completion for planhat-tui; planhat-tui completion fish prints it
function __planhat_tui_complete
    set -l before (commandline -opc)
    planhat-tui _complete fish $before[2..-1] (commandline -ct) 2>/dev/null
end
complete -c planhat-tui -f -k -a '(__planhat_tui_complete)'
