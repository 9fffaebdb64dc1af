using System.CommandLine;

namespace ChatAgent.Cli;

/// <summary>The commands of <c>chatagent</c>, in the order in which help lists them. One file a group under Commands/.</summary>
internal static class CommandTable
{
    public static readonly Func<Command>[] All =
    [
        Commands.TrainCommand.Create,
        Commands.ChatCommand.Create,
        Commands.TestCommand.Create,
        Commands.StoreCommand.Create,
        Commands.IntentsCommand.Create,
        Commands.ClassifyCommand.Create,
        Commands.SlotsCommand.Create,
        Commands.EmbeddingsCommand.Create,
        Commands.DistanceCommand.Create,
        Commands.GradeCommand.Create,
        Commands.LmCommand.Create,
        Commands.NlgCommand.Create,
        Commands.Seq2SeqCommand.Create,
        Commands.OperatorCommand.Create,
        Commands.DatetimeCommand.Create,
        Commands.AppointmentsCommand.Create,
        Commands.AgendaCommand.Create,
        Commands.MailCommand.Create,
    ];
}
