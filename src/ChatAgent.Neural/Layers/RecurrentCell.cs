namespace ChatAgent.Neural;

/// <summary>Which recurrent layer a network is made of.</summary>
public enum RecurrentCell
{
    /// <summary><see cref="GruLayer"/>.</summary>
    Gru,

    /// <summary><see cref="LstmLayer"/>.</summary>
    Lstm,

    /// <summary><see cref="SimpleRnnLayer"/>.</summary>
    Rnn,

    /// <summary><see cref="GruResetFirstLayer"/>.</summary>
    GruResetFirst,

    /// <summary><see cref="PeepholeLstmLayer"/>.</summary>
    PeepholeLstm,

    /// <summary><see cref="CoupledLstmLayer"/>.</summary>
    CoupledLstm,
}
