<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Age</name>
    <message numerus="yes">
        <source>%n min ago</source>
        <translation>
            <numerusform>%n min ago</numerusform>
            <numerusform>%n min ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n h ago</source>
        <translation>
            <numerusform>%n h ago</numerusform>
            <numerusform>%n h ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n days ago</source>
        <translation>
            <numerusform>%n day ago</numerusform>
            <numerusform>%n days ago</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BatchCard</name>
    <message numerus="yes">
        <source>%Ln failed</source>
        <translation>
            <numerusform>%Ln failed</numerusform>
            <numerusform>%Ln failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Retry %n failed · {n} credits</source>
        <translation>
            <numerusform>Retry %n failed · {n} credits</numerusform>
            <numerusform>Retry %n failed · {n} credits</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n cancelled.</source>
        <translation>
            <numerusform>%n cancelled.</numerusform>
            <numerusform>%n cancelled.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n go on and are charged.</source>
        <translation>
            <numerusform>%n goes on and is charged.</numerusform>
            <numerusform>%n go on and are charged.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BatchToast</name>
    <message numerus="yes">
        <source>%Ln clips were added to the queue.</source>
        <translation>
            <numerusform>%Ln clip was added to the queue.</numerusform>
            <numerusform>%Ln clips were added to the queue.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln clips were taken back.</source>
        <translation>
            <numerusform>%Ln clip was taken back.</numerusform>
            <numerusform>%Ln clips were taken back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln were sent already: they go on and are billed.</source>
        <translation>
            <numerusform>%Ln was sent already: it goes on and is billed.</numerusform>
            <numerusform>%Ln were sent already: they go on and are billed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CheckDialog</name>
    <message numerus="yes">
        <source>%Ln differences</source>
        <translation>
            <numerusform>%Ln difference</numerusform>
            <numerusform>%Ln differences</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ClipActions</name>
    <message numerus="yes">
        <source>Copy %n files</source>
        <translation>
            <numerusform>Copy file</numerusform>
            <numerusform>Copy %n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files are on the clipboard.</source>
        <translation>
            <numerusform>The file is on the clipboard.</numerusform>
            <numerusform>%n files are on the clipboard.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ClipDetails</name>
    <message numerus="yes">
        <source>%n clips</source>
        <translation>
            <numerusform>%n clip</numerusform>
            <numerusform>%n clips</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ComposePanel</name>
    <message numerus="yes">
        <source>%Ln characters too many.</source>
        <translation>
            <numerusform>%Ln character too many.</numerusform>
            <numerusform>%Ln characters too many.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message numerus="yes">
        <source>%Ln shots have no take yet. Generate them first.</source>
        <translation>
            <numerusform>%Ln shot has no take yet. Generate it first.</numerusform>
            <numerusform>%Ln shots have no take yet. Generate them first.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message numerus="yes">
        <source>{found} of %Ln clips</source>
        <translation>
            <numerusform>{found} of %Ln clip</numerusform>
            <numerusform>{found} of %Ln clips</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln clips</source>
        <translation>
            <numerusform>%Ln clip</numerusform>
            <numerusform>%Ln clips</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln takes of “{prompt}”</source>
        <translation>
            <numerusform>%Ln take of “{prompt}”</numerusform>
            <numerusform>%Ln takes of “{prompt}”</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stars or more</source>
        <translation>
            <numerusform>%n star or more</numerusform>
            <numerusform>%n stars or more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stars</source>
        <translation>
            <numerusform>%n star</numerusform>
            <numerusform>%n stars</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FinalDialog</name>
    <message numerus="yes">
        <source>%Ln clips</source>
        <translation>
            <numerusform>%Ln clip</numerusform>
            <numerusform>%Ln clips</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Generate %Ln clips</source>
        <translation>
            <numerusform>Generate %Ln clip</numerusform>
            <numerusform>Generate %Ln clips</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FramesAxis</name>
    <message numerus="yes">
        <source>%Ln pictures are the most.</source>
        <translation>
            <numerusform>%Ln picture is the most.</numerusform>
            <numerusform>%Ln pictures are the most.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln pictures</source>
        <translation>
            <numerusform>%Ln picture</numerusform>
            <numerusform>%Ln pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HoldBanner</name>
    <message numerus="yes">
        <source>You are {credits} credits short for %n waiting clips.</source>
        <translation>
            <numerusform>You are {credits} credits short for %n waiting clip.</numerusform>
            <numerusform>You are {credits} credits short for %n waiting clips.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n clips are waiting for your word.</source>
        <translation>
            <numerusform>%n clip is waiting for your word.</numerusform>
            <numerusform>%n clips are waiting for your word.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message numerus="yes">
        <source>Led to %Ln clips</source>
        <translation>
            <numerusform>Led to %Ln clip</numerusform>
            <numerusform>Led to %Ln clips</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Judging</name>
    <message numerus="yes">
        <source>%n rejected.</source>
        <translation>
            <numerusform>%n rejected.</numerusform>
            <numerusform>%n rejected.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The last one. %n are not judged yet.</source>
        <translation>
            <numerusform>The last one. %n is not judged yet.</numerusform>
            <numerusform>The last one. %n are not judged yet.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message numerus="yes">
        <source>%Ln clips may have been charged: the answers were lost.</source>
        <translation>
            <numerusform>%Ln clip may have been charged: the answer was lost.</numerusform>
            <numerusform>%Ln clips may have been charged: the answers were lost.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln clips failed.</source>
        <translation>
            <numerusform>%Ln clip failed.</numerusform>
            <numerusform>%Ln clips failed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln clips are ready, the newest is “{clip}”.</source>
        <translation>
            <numerusform>%Ln clip is ready: “{clip}”.</numerusform>
            <numerusform>%Ln clips are ready, the newest is “{clip}”.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln clips</source>
        <translation>
            <numerusform>%Ln clip</numerusform>
            <numerusform>%Ln clips</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln failed</source>
        <translation>
            <numerusform>%Ln failed</numerusform>
            <numerusform>%Ln failed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OpenedFiles</name>
    <message numerus="yes">
        <source>The film “{film}” was added, with %n shots.</source>
        <translation>
            <numerusform>The film “{film}” was added, with %n shot.</numerusform>
            <numerusform>The film “{film}” was added, with %n shots.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PagedClips</name>
    <message numerus="yes">
        <source>%n takes; Enter or a double click shows them.</source>
        <translation>
            <numerusform>%n take; Enter or a double click shows it.</numerusform>
            <numerusform>%n takes; Enter or a double click shows them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n takes</source>
        <translation>
            <numerusform>%n take</numerusform>
            <numerusform>%n takes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message numerus="yes">
        <source>%Ln found</source>
        <translation>
            <numerusform>%Ln found</numerusform>
            <numerusform>%Ln found</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PaletteOpener</name>
    <message numerus="yes">
        <source>%Ln clips</source>
        <translation>
            <numerusform>%Ln clip</numerusform>
            <numerusform>%Ln clips</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QueueFile</name>
    <message numerus="yes">
        <source>%Ln waiting clips were exported.</source>
        <translation>
            <numerusform>%Ln waiting clip was exported.</numerusform>
            <numerusform>%Ln waiting clips were exported.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln wait for other clips and stay.</source>
        <translation>
            <numerusform>%Ln waits for another clip and stays.</numerusform>
            <numerusform>%Ln wait for other clips and stay.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Queue %Ln clips of “{name}”?</source>
        <translation>
            <numerusform>Queue %Ln clip of “{name}”?</numerusform>
            <numerusform>Queue %Ln clips of “{name}”?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln clips were queued.</source>
        <translation>
            <numerusform>%Ln clip was queued.</numerusform>
            <numerusform>%Ln clips were queued.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QueueHeader</name>
    <message numerus="yes">
        <source>%Ln running</source>
        <translation>
            <numerusform>%Ln running</numerusform>
            <numerusform>%Ln running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln waiting</source>
        <translation>
            <numerusform>%Ln waiting</numerusform>
            <numerusform>%Ln waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message numerus="yes">
        <source>%n cancelled.</source>
        <translation>
            <numerusform>%n cancelled.</numerusform>
            <numerusform>%n cancelled.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReadyBanner</name>
    <message numerus="yes">
        <source>%n clips are ready, the newest is “{clip}”.</source>
        <translation>
            <numerusform>“{clip}” is ready.</numerusform>
            <numerusform>%n clips are ready, the newest is “{clip}”.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RescueDialog</name>
    <message numerus="yes">
        <source>%n clips are being fetched; they appear in the queue and among the clips.</source>
        <translation>
            <numerusform>%n clip is being fetched; it appears in the queue and among the clips.</numerusform>
            <numerusform>%n clips are being fetched; they appear in the queue and among the clips.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Fetch %n clips</source>
        <translation>
            <numerusform>Fetch %n clip</numerusform>
            <numerusform>Fetch %n clips</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n on disk</source>
        <translation>
            <numerusform>%n on disk</numerusform>
            <numerusform>%n on disk</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n paid for and not on disk</source>
        <translation>
            <numerusform>%n paid for and not on disk</numerusform>
            <numerusform>%n paid for and not on disk</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n still being made</source>
        <translation>
            <numerusform>%n still being made</numerusform>
            <numerusform>%n still being made</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n the service could not make</source>
        <translation>
            <numerusform>%n the service could not make</numerusform>
            <numerusform>%n the service could not make</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unconfirmed</source>
        <translation>
            <numerusform>%n unconfirmed</numerusform>
            <numerusform>%n unconfirmed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RowsField</name>
    <message numerus="yes">
        <source>The service takes %n rows.</source>
        <translation>
            <numerusform>The service takes %n row.</numerusform>
            <numerusform>The service takes %n rows.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SheetCanvas</name>
    <message numerus="yes">
        <source>%n stars</source>
        <translation>
            <numerusform>%n star</numerusform>
            <numerusform>%n stars</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SheetFoot</name>
    <message numerus="yes">
        <source>%Ln clips</source>
        <translation>
            <numerusform>%Ln clip</numerusform>
            <numerusform>%Ln clips</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %Ln min</source>
        <translation>
            <numerusform>about %Ln min</numerusform>
            <numerusform>about %Ln min</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %Ln h</source>
        <translation>
            <numerusform>about %Ln h</numerusform>
            <numerusform>about %Ln h</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Generate %Ln clips</source>
        <translation>
            <numerusform>Generate %Ln clip</numerusform>
            <numerusform>Generate %Ln clips</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln clips wait before these or are under way.</source>
        <translation>
            <numerusform>%Ln clip waits before these or is under way.</numerusform>
            <numerusform>%Ln clips wait before these or are under way.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SheetHead</name>
    <message numerus="yes">
        <source>%Ln clips</source>
        <translation>
            <numerusform>%Ln clip</numerusform>
            <numerusform>%Ln clips</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SheetPanel</name>
    <message numerus="yes">
        <source>%n thrown away.</source>
        <translation>
            <numerusform>%n thrown away.</numerusform>
            <numerusform>%n thrown away.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SheetSide</name>
    <message numerus="yes">
        <source>Reject the other %n</source>
        <translation>
            <numerusform>Reject the other one</numerusform>
            <numerusform>Reject the other %n</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Throw away %n rejected</source>
        <translation>
            <numerusform>Throw away %n rejected</numerusform>
            <numerusform>Throw away %n rejected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln with stars</source>
        <translation>
            <numerusform>%Ln with stars</numerusform>
            <numerusform>%Ln with stars</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln picked</source>
        <translation>
            <numerusform>%Ln picked</numerusform>
            <numerusform>%Ln picked</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln rejected</source>
        <translation>
            <numerusform>%Ln rejected</numerusform>
            <numerusform>%Ln rejected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln to judge</source>
        <translation>
            <numerusform>%Ln to judge</numerusform>
            <numerusform>%Ln to judge</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The same in all %n</source>
        <translation>
            <numerusform>The same in all %n</numerusform>
            <numerusform>The same in all %n</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ShotActions</name>
    <message numerus="yes">
        <source>%Ln shots removed. {key} brings them back.</source>
        <translation>
            <numerusform>%Ln shot removed. {key} brings it back.</numerusform>
            <numerusform>%Ln shots removed. {key} brings them back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Redo %Ln shots, {credits} credits</source>
        <translation>
            <numerusform>Redo %Ln shot, {credits} credits</numerusform>
            <numerusform>Redo %Ln shots, {credits} credits</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SpendPanel</name>
    <message numerus="yes">
        <source>%Ln clips kept, {each} credits each</source>
        <translation>
            <numerusform>%Ln clip kept, {each} credits each</numerusform>
            <numerusform>%Ln clips kept, {each} credits each</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message numerus="yes">
        <source>%n clips being made</source>
        <translation>
            <numerusform>%n clip being made</numerusform>
            <numerusform>%n clips being made</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n waiting</numerusform>
            <numerusform>%n waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StoryStrip</name>
    <message numerus="yes">
        <source>{ready} of %Ln shots ready</source>
        <translation>
            <numerusform>{ready} of %Ln shot ready</numerusform>
            <numerusform>{ready} of %Ln shots ready</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln out of date</source>
        <translation>
            <numerusform>%Ln out of date</numerusform>
            <numerusform>%Ln out of date</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln shots · {credits} credits</source>
        <translation>
            <numerusform>%Ln shot · {credits} credits</numerusform>
            <numerusform>%Ln shots · {credits} credits</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Storyboard</name>
    <message numerus="yes">
        <source>%Ln were not made with this program: they cannot be shots.</source>
        <translation>
            <numerusform>%Ln was not made with this program: it cannot be a shot.</numerusform>
            <numerusform>%Ln were not made with this program: they cannot be shots.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln clips are shots now.</source>
        <translation>
            <numerusform>%Ln clip is a shot now.</numerusform>
            <numerusform>%Ln clips are shots now.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln of them are no saved clips.</source>
        <translation>
            <numerusform>%Ln of them is no saved clip.</numerusform>
            <numerusform>%Ln of them are no saved clips.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TakesForm</name>
    <message numerus="yes">
        <source>%Ln rows</source>
        <translation>
            <numerusform>%Ln row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln prompts</source>
        <translation>
            <numerusform>%Ln prompt</numerusform>
            <numerusform>%Ln prompts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln prompts make {n}</source>
        <translation>
            <numerusform>%Ln prompt makes {n}</numerusform>
            <numerusform>%Ln prompts make {n}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TakesPanel</name>
    <message numerus="yes">
        <source>Redo %Ln shots from here · {credits} credits</source>
        <translation>
            <numerusform>Redo %Ln shot from here · {credits} credits</numerusform>
            <numerusform>Redo %Ln shots from here · {credits} credits</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TakesSheet</name>
    <message numerus="yes">
        <source>%Ln rows cannot be sent: mend them, or leave them out.</source>
        <translation>
            <numerusform>%Ln row cannot be sent: mend it, or leave it out.</numerusform>
            <numerusform>%Ln rows cannot be sent: mend them, or leave them out.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TextDialog</name>
    <message numerus="yes">
        <source>%Ln shots, {seconds} s together</source>
        <translation>
            <numerusform>%Ln shot, {seconds} s</numerusform>
            <numerusform>%Ln shots, {seconds} s together</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Trash</name>
    <message numerus="yes">
        <source>%Ln still under way or in doubt stay in the trash.</source>
        <translation>
            <numerusform>%Ln still under way or in doubt stays in the trash.</numerusform>
            <numerusform>%Ln still under way or in doubt stay in the trash.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln clips</source>
        <translation>
            <numerusform>%Ln clip</numerusform>
            <numerusform>%Ln clips</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UndoStrip</name>
    <message numerus="yes">
        <source>%n removed.</source>
        <translation>
            <numerusform>Removed.</numerusform>
            <numerusform>%n removed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>VaryRow</name>
    <message numerus="yes">
        <source>%Ln chosen</source>
        <translation>
            <numerusform>%Ln chosen</numerusform>
            <numerusform>%Ln chosen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln values</source>
        <translation>
            <numerusform>%Ln value</numerusform>
            <numerusform>%Ln values</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WaitingActions</name>
    <message numerus="yes">
        <source>%n moved.</source>
        <translation>
            <numerusform>%n moved.</numerusform>
            <numerusform>%n moved.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n in the background now.</source>
        <translation>
            <numerusform>%n in the background now.</numerusform>
            <numerusform>%n in the background now.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n in front now.</source>
        <translation>
            <numerusform>%n in front now.</numerusform>
            <numerusform>%n in front now.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WindowActions</name>
    <message numerus="yes">
        <source>%Ln clips added</source>
        <translation>
            <numerusform>%Ln clip was added</numerusform>
            <numerusform>%Ln clips added</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln were there already</source>
        <translation>
            <numerusform>%Ln was there already</numerusform>
            <numerusform>%Ln were there already</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln were not made with this program</source>
        <translation>
            <numerusform>%Ln was not made with this program</numerusform>
            <numerusform>%Ln were not made with this program</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_Summary</name>
    <message numerus="yes">
        <source>%n clips finish at the service and arrive next time</source>
        <translation>
            <numerusform>%n clip finishes at the service and arrives next time</numerusform>
            <numerusform>%n clips finish at the service and arrive next time</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stay in the queue</source>
        <translation>
            <numerusform>%n stays in the queue</numerusform>
            <numerusform>%n stay in the queue</numerusform>
        </translation>
    </message>
</context>
</TS>
